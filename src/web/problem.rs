//! Errors as `application/problem+json` (RFC 9457), in Norwegian.
//!
//! Which error goes where: what cannot be parsed is 400; what parses and breaks a rule of ours is 422; a full queue is
//! 429; a part of the program that fails is 503; too slow is 504.

use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::retrieval::RetrievalError;

/// Seconds after which one who met a full queue may come back.
const RETRY_AFTER: u32 = 2;

/// What went wrong, and what would be right.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says the kind.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// One sentence: what is wrong and what would be right.
    detail: String,
    #[serde(skip)]
    retry_after: Option<u32>,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: title(status),
            status: status.as_u16(),
            detail: detail.into(),
            retry_after: None,
        }
    }

    /// 400: the request cannot be parsed.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 403: this caller may not ask here.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 405.
    pub fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Metoden kan ikke brukes her; svarhodet «Allow» sier hvilke som kan.")
    }

    /// 409: somebody else was there first.
    pub fn stale(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// 422: understood, but against a rule.
    pub fn unprocessable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// 429: all places are taken.
    pub fn full() -> Self {
        let mut problem =
            Self::new(StatusCode::TOO_MANY_REQUESTS, format!("Køen er full; prøv igjen om {RETRY_AFTER} sekunder."));
        problem.retry_after = Some(RETRY_AFTER);
        problem
    }

    /// 500: a fault in the program.
    pub fn unexpected() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Noe gikk galt i tjenesten; prøv igjen, og meld fra hvis det skjer flere ganger.",
        )
    }

    /// 503: a part of the program does not work now.
    pub fn unavailable() -> Self {
        let mut problem =
            Self::new(StatusCode::SERVICE_UNAVAILABLE, "Søket virker ikke akkurat nå; prøv igjen om litt.");
        problem.retry_after = Some(RETRY_AFTER);
        problem
    }

    /// 504: took too long.
    pub fn time_out() -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, "Det tok for lang tid; prøv igjen, gjerne med et kortere spørsmål.")
    }

    /// The sentence for the reader.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "Kan ikke leses",
        StatusCode::FORBIDDEN => "Ikke tillatt herfra",
        StatusCode::NOT_FOUND => "Finnes ikke",
        StatusCode::METHOD_NOT_ALLOWED => "Metoden kan ikke brukes",
        StatusCode::CONFLICT => "Endret i mellomtiden",
        StatusCode::PAYLOAD_TOO_LARGE => "For stort",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "Feil innholdstype",
        StatusCode::UNPROCESSABLE_ENTITY => "Ugyldig verdi",
        StatusCode::TOO_MANY_REQUESTS => "Køen er full",
        StatusCode::SERVICE_UNAVAILABLE => "Utilgjengelig",
        StatusCode::GATEWAY_TIMEOUT => "Tok for lang tid",
        _ => "Feil i tjenesten",
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_string(&self).unwrap_or_default();
        let mut response = (self.status(), [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<RetrievalError> for Problem {
    fn from(error: RetrievalError) -> Self {
        tracing::error!(%error, "et spørsmål kunne ikke besvares");
        Self::unavailable()
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            JsonRejection::MissingJsonContentType(_) => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Innholdstypen må være JSON; send «Content-Type: application/json».",
            ),
            JsonRejection::JsonDataError(error) => {
                Self::unprocessable(format!("Feltene stemmer ikke: {}.", in_norwegian(&error.body_text())))
            }
            JsonRejection::JsonSyntaxError(_) => {
                Self::bad_request("Innholdet er ikke gyldig JSON; skriv for eksempel {\"question\": \"…\"}.")
            }
            JsonRejection::BytesRejection(error) => error.into(),
            _ => Self::bad_request("Innholdet kan ikke leses som JSON."),
        }
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            let kib = super::MAX_BODY / 1024;
            return Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("Innholdet er større enn {kib} KiB; send et kortere spørsmål."),
            );
        }
        Self::bad_request("Innholdet kom ikke helt fram; send det på nytt.")
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Self::bad_request("Adressen er ikke gyldig UTF-8; kod id-en i adressen med prosenttegn.")
    }
}

/// What serde says of a JSON value, in Norwegian. The value itself is left out, since it may be the question.
fn in_norwegian(message: &str) -> String {
    let named = |after: &str| message.split_once(after).and_then(|(_, rest)| rest.split('`').next());
    if let Some(field) = named("unknown field `") {
        let known = message.split_once("expected ").map_or("", |(_, rest)| rest);
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        return format!("«{field}» er ikke et felt; det kan være {}", known.join(", "));
    }
    if let Some(field) = named("missing field `") {
        return format!("feltet «{field}» mangler");
    }
    if let Some(field) = named("duplicate field `") {
        return format!("feltet «{field}» står to ganger");
    }
    "et felt har en verdi av feil slag; question, as_of og conversation er tekst".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_serde_says_is_told_without_the_value() {
        let told = in_norwegian(
            "Failed to deserialize: unknown field `sprsml`, expected one of `question`, `as_of` at line 1",
        );
        assert_eq!(told, "«sprsml» er ikke et felt; det kan være question, as_of");
        assert_eq!(in_norwegian("missing field `question` at line 1 column 2"), "feltet «question» mangler");
        assert!(!in_norwegian("invalid type: string \"hemmelig\", expected a map").contains("hemmelig"));
    }
}
