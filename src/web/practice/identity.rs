//! Who acts. The seam behind which sign-on proper will stand.
//!
//! In local mode the server listens on this machine only and trusts who sits at it: one chooses a name and a role, kept
//! in a cookie. On any other address nobody is known, and nobody may change anything.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::extract::rejection::FormRejection;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;

use super::shared::{local_path, of_form};
use crate::register::{Actor, Role};
use crate::web::problem::Problem;

/// Tells who sends a request.
pub trait Identity: Send + Sync {
    /// Who, if known.
    fn actor(&self, headers: &HeaderMap) -> Option<Actor>;

    /// Whether one chooses name and role oneself.
    fn is_chosen(&self) -> bool;
}

/// The identity that all handlers share.
pub type SharedIdentity = Arc<dyn Identity>;

/// The identity for a server on this address.
pub fn of(address: SocketAddr) -> SharedIdentity {
    if address.ip().is_loopback() { Arc::new(Local) } else { Arc::new(Nobody) }
}

/// One chooses oneself.
struct Local;

/// Nobody is known.
struct Nobody;

const COOKIE: &str = "rettesnor-person";

/// Longest name, in characters.
const MAX_NAME: usize = 60;

impl Identity for Local {
    fn actor(&self, headers: &HeaderMap) -> Option<Actor> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|line| line.split(';'))
            .find_map(|cookie| read(cookie.trim().strip_prefix(COOKIE)?.strip_prefix('=')?))
    }

    fn is_chosen(&self) -> bool {
        true
    }
}

impl Identity for Nobody {
    fn actor(&self, _: &HeaderMap) -> Option<Actor> {
        None
    }

    fn is_chosen(&self) -> bool {
        false
    }
}

/// «coordinator.4b617269» → Kari, coordinator
fn read(value: &str) -> Option<Actor> {
    let (role, name) = value.split_once('.')?;
    let role = [Role::Adviser, Role::Coordinator].into_iter().find(|known| known.code() == role)?;
    let digits = name.as_bytes().chunks_exact(2);
    let bytes: Option<Vec<u8>> =
        digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    let name = String::from_utf8(bytes?).ok().filter(|name| is_name(name))?;
    Some(Actor { name, role })
}

fn write(actor: &Actor) -> String {
    let name: String = actor.name.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("{}.{name}", actor.role.code())
}

fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control)
}

/// Who sends the request, and whether one may choose that oneself.
pub struct Who {
    /// Who, if known.
    pub actor: Option<Actor>,
    /// Whether one chooses oneself.
    pub is_chosen: bool,
}

impl Who {
    /// The actor.
    ///
    /// # Errors
    /// Nobody is known.
    pub fn known(self) -> Result<Actor, Problem> {
        let is_chosen = self.is_chosen;
        self.actor.ok_or_else(|| {
            Problem::forbidden(if is_chosen {
                "Velg navn og rolle under /praksis før du endrer noe."
            } else {
                "Registeret kan bare endres når tjenesten kjører på din egen maskin (127.0.0.1)."
            })
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let identity = parts.extensions.get::<SharedIdentity>();
        Ok(Self {
            actor: identity.and_then(|identity| identity.actor(&parts.headers)),
            is_chosen: identity.is_some_and(|identity| identity.is_chosen()),
        })
    }
}

/// What the form holds.
#[derive(Deserialize)]
pub struct Choice {
    name: String,
    role: Role,
    #[serde(default)]
    back: String,
}

/// Chooses name and role, or, with an empty name, forgets them.
pub async fn choose(
    Extension(identity): Extension<SharedIdentity>,
    form: Result<Form<Choice>, FormRejection>,
) -> Response {
    let choice = match of_form(form) {
        Ok(choice) => choice,
        Err(problem) => return problem.into_response(),
    };
    if !identity.is_chosen() {
        return Problem::forbidden("Navn og rolle velges ikke her.").into_response();
    }
    let actor = Actor { name: choice.name.trim().to_owned(), role: choice.role };
    let cookie = if actor.name.is_empty() {
        format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
    } else if is_name(&actor.name) {
        format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict", write(&actor))
    } else {
        return Problem::unprocessable(format!(
            "Navnet er for langt eller har tegn som ikke kan brukes; grensen er {MAX_NAME} tegn."
        ))
        .into_response();
    };
    let mut response = Redirect::to(&local_path(&choice.back)).into_response();
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_back_as_it_was_chosen() {
        let actor = Actor { name: "Åse; Path=/".into(), role: Role::Coordinator };
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, format!("annet=1; {COOKIE}={}", write(&actor)).parse().unwrap());
        assert_eq!(Local.actor(&headers), Some(actor));
        assert_eq!(Nobody.actor(&headers), None);
    }

    #[test]
    fn what_is_no_name_is_nobody() {
        for value in ["", "coordinator", "coordinator.", "boss.41", "coordinator.4", "coordinator.zz", "coordinator.0a"]
        {
            assert_eq!(read(value), None, "{value}");
        }
    }
}
