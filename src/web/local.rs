//! Who may ask. The server has no sign-on: it trusts the machine it runs on. A web page from elsewhere, open in a
//! browser on that machine, must not be able to use it.

use std::net::SocketAddr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::Problem;

/// What the address that the server listens on demands.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    only_local_names: bool,
}

impl Rules {
    /// Bound to loopback, only loopback's names are served: another name that leads here is DNS rebinding.
    pub fn of(address: SocketAddr) -> Self {
        Self { only_local_names: address.ip().is_loopback() }
    }
}

/// Refuses foreign host names, and requests that another site's page has made.
pub async fn check(State(rules): State<Rules>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = request.uri().authority().map(|a| a.as_str()).or_else(|| text(headers, header::HOST.as_str()));
    if rules.only_local_names && !host.is_none_or(is_local_name) {
        return Problem::forbidden(
            "Vertsnavnet er ukjent; bruk http://127.0.0.1 eller http://localhost med riktig port.",
        )
        .into_response();
    }
    let is_guarded =
        !matches!(*request.method(), Method::GET | Method::HEAD) || request.uri().path().starts_with("/api/");
    if is_guarded && is_from_elsewhere(headers, host) {
        return Problem::forbidden("Forespørselen kommer fra en annen nettside; bruk chatten eller API-et direkte.")
            .into_response();
    }
    next.run(request).await
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

fn is_local_name(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// Browsers say where a request comes from, by `Sec-Fetch-Site` and, for anything but plain reads, `Origin`. Other
/// clients say nothing.
fn is_from_elsewhere(headers: &HeaderMap, host: Option<&str>) -> bool {
    if let Some(site) = text(headers, "sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(headers, header::ORIGIN.as_str()) else { return false };
    let origin_host = origin.split_once("://").map(|(_, host)| host);
    origin_host.is_none() || !origin_host.zip(host).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_local() {
        for name in ["localhost", "LOCALHOST:8080", "127.0.0.1:80", "[::1]:8080", "127.1.2.3"] {
            assert!(is_local_name(name), "{name}");
        }
        for name in
            ["", "example.org", "127.0.0.1.example.org", "localhost.example.org:8080", "[2001:db8::1]:80", "10.0.0.1"]
        {
            assert!(!is_local_name(name), "{name}");
        }
    }

    #[test]
    fn other_sites_are_told_apart() {
        let from = |pairs: &[(&'static str, &'static str)]| {
            let headers: HeaderMap = pairs.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect();
            is_from_elsewhere(&headers, Some("127.0.0.1:8080"))
        };
        assert!(!from(&[]));
        assert!(!from(&[("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:8080")]));
        assert!(!from(&[("origin", "http://127.0.0.1:8080")]));
        assert!(from(&[("sec-fetch-site", "cross-site")]));
        assert!(from(&[("sec-fetch-site", "same-site")]));
        assert!(from(&[("origin", "https://example.org")]));
        assert!(from(&[("origin", "http://127.0.0.1:9000")]));
        assert!(from(&[("origin", "null")]));
    }
}
