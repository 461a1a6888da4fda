//! The doors: an API under `/api/v1`, and the chat's pages.
//!
//! [`router`] is the one list of routes. A request passes, from the outside in: request id and log line, a panic's net,
//! security headers, a time limit, who may ask ([`local`]); then its handler. Questions go through the bounded
//! [`gate`]. Handlers parse, call [`crate::chat`] or [`crate::app`], and show; what the law says is not known here.

mod api;
mod assets;
mod gate;
mod headers;
mod local;
mod log;
mod pages;
mod practice;
mod problem;
mod query;
mod service;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::app::App;
use crate::config::Config;
use problem::Problem;
use service::Service;

/// Largest request body, bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// Longest time for one question, waiting included.
pub const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Longest time for reading a request and starting on its answer; above [`TIME_LIMIT`], which has the better message.
const REQUEST_LIMIT: Duration = Duration::from_secs(15);

/// Longest time for what is under way when the server is told to stop.
const STOP_LIMIT: Duration = Duration::from_secs(12);

/// All routes, on a server that listens on `address`.
pub fn router(app: Arc<App>, config: &Config, address: SocketAddr) -> Router {
    let service = Arc::new(Service::new(app, config));
    let (api, description) = api::routes();
    Router::new()
        .merge(api)
        .merge(pages::routes())
        .merge(practice::routes())
        .merge(assets::routes())
        .route("/api/v1/openapi.json", api::description(description))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .with_state(service)
        .layer(axum::Extension(practice::identity::of(address)))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(local::Rules::of(address), local::check))
        .layer(from_fn(time_limit))
        .layer(from_fn(headers::set))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(log::requests))
}

/// Serves until told to stop (SIGINT, SIGTERM), then finishes what is under way.
///
/// # Errors
/// The listener fails.
pub async fn serve(listener: TcpListener, router: Router) -> std::io::Result<()> {
    let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        stop_signal().await;
        tracing::info!("stopper: gjør ferdig det som er i gang");
        drop(stop);
    });
    tokio::select! {
        served = async { server.await } => served,
        () = async { let _ = stopping.await; tokio::time::sleep(STOP_LIMIT).await; } => {
            tracing::warn!("stoppet før alt var ferdig");
            Ok(())
        }
    }
}

async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

async fn time_limit(request: Request, next: axum::middleware::Next) -> Response {
    match tokio::time::timeout(REQUEST_LIMIT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::time_out().into_response(),
    }
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("en forespørsel stoppet uventet");
    Problem::unexpected().into_response()
}

async fn not_found(request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return Problem::not_found("Adressen finnes ikke; se /api/v1/openapi.json for dem som finnes.").into_response();
    }
    pages::not_found("Siden finnes ikke.")
}

async fn method_not_allowed() -> Problem {
    Problem::method_not_allowed()
}
