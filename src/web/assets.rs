//! Style, script and icon, kept in the binary.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};

use super::problem::Problem;

/// Name, type, content.
const ASSETS: [(&str, &str, &str); 4] = [
    ("style.css", "text/css; charset=utf-8", include_str!("assets/style.css")),
    ("practice.css", "text/css; charset=utf-8", include_str!("assets/practice.css")),
    ("chat.js", "text/javascript; charset=utf-8", include_str!("assets/chat.js")),
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
];

/// Fingerprint of all assets, put into their addresses so that browsers may keep them for good.
pub static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for (_, _, content) in ASSETS {
        hash.update(content);
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{name}", get(asset))
}

async fn asset(Path(name): Path<String>, uri: Uri) -> Response {
    let Some((_, kind, content)) = ASSETS.iter().find(|(known, ..)| *known == name) else {
        return Problem::not_found("Filen finnes ikke.").into_response();
    };
    let is_named_by_content = uri.query() == Some(&format!("v={}", *VERSION));
    let caching = if is_named_by_content { "public, max-age=31536000, immutable" } else { "no-cache" };
    ([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, caching)], *content).into_response()
}
