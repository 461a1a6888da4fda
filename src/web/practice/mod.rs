//! The coordinator's pages under `/praksis`, and the register in the API.
//!
//! Everything here reads [`crate::register`]; changes go through its methods, which keep who did what. All of it works
//! without JavaScript. Who acts is told by [`identity`]; that a form comes from our own pages, by `web::local`.

pub mod api;
mod bundle;
mod chart;
mod circular;
mod clarifications;
mod conflict;
pub mod identity;
mod list;
mod news;
mod provision;
mod shared;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::service::Service;

/// The pages' routes.
pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/praksis", get(list::show))
        .route("/praksis/avvist", get(list::near_misses))
        .route("/praksis/strid/{id}", get(conflict::show).post(conflict::settle))
        .route("/praksis/merke", post(conflict::signal))
        .route("/praksis/avklaringer", get(clarifications::list).post(clarifications::write))
        .route("/praksis/avklaring/{id}", get(clarifications::show))
        .route("/praksis/bestemmelse", get(provision::list))
        .route("/praksis/bestemmelse/{*id}", get(provision::show))
        .route("/praksis/rundskriv", get(circular::list))
        .route("/praksis/rundskriv/{*id}", get(circular::show))
        .route("/praksis/bunke", get(bundle::show))
        .route("/praksis/nytt", get(news::show))
        .route("/praksis/nytt.atom", get(news::feed))
        .route("/praksis/meg", post(identity::choose))
}
