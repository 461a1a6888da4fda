//! What is new: the digest, and the same as a feed.

use std::sync::Arc;

use askama::Template;
use atom_syndication::{Category, Entry, Feed, FixedDateTime, Link, Person, Text};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

use super::identity::Who;
use super::shared::{Choice, Frame, Place, ProvisionLink, day, failed, provision, refused};
use crate::law::{ProvisionId, benefit_name};
use crate::register::{NewsItem, SupersededPassage, WhatIsNew, kind_name};
use crate::web::pages::page;
use crate::web::problem::Problem;
use crate::web::query::Pairs;
use crate::web::service::Service;

/// Ingests looked back on.
const LOOK_BACK: u32 = 100;
/// Most entries of a feed.
const MOST_ENTRIES: usize = 200;

/// What the news are narrowed to.
struct Filter {
    benefit: Option<String>,
    provision: Option<ProvisionId>,
    provision_text: String,
}

impl Filter {
    fn read(uri: &Uri) -> Result<Self, Problem> {
        let mut pairs = Pairs::read(uri)?;
        let benefit = pairs.one("benefit")?;
        let text = pairs.one("provision")?.unwrap_or_default();
        pairs.end()?;
        let found = provision(&text);
        if found.is_none() && !text.is_empty() {
            return Err(Problem::unprocessable(
                "«provision» er ingen bestemmelse; skriv for eksempel lov/1997-02-28-19/§8-4.",
            ));
        }
        Ok(Self { benefit, provision: found, provision_text: text })
    }

    fn passes(&self, benefits: &[String], provisions: &[String]) -> bool {
        let near = |wanted: &ProvisionId| {
            let ids = provisions.iter().filter_map(|id| id.parse::<ProvisionId>().ok());
            ids.into_iter().any(|id| id.is_within(wanted) || wanted.is_within(&id))
        };
        self.benefit.as_ref().is_none_or(|code| benefits.contains(code)) && self.provision.as_ref().is_none_or(near)
    }

    fn item(&self, item: &NewsItem) -> bool {
        self.passes(&item.benefits, &item.provisions)
    }

    fn passage(&self, passage: &SupersededPassage) -> bool {
        self.passes(&passage.benefits, &passage.provisions)
    }
}

#[derive(Template)]
#[template(path = "practice/news.html")]
struct News {
    assets: &'static str,
    frame: Frame,
    benefits: Vec<Choice>,
    provision: String,
    feed: String,
    days: Vec<Day>,
}

struct Day {
    day: String,
    groups: Vec<(&'static str, Vec<Line>)>,
    passages: Vec<Passage>,
}

struct Line {
    id: String,
    kind: &'static str,
    question: String,
    what: String,
    provisions: Vec<ProvisionLink>,
    is_gone: bool,
}

struct Passage {
    title: String,
    locator: String,
    place: Place,
}

/// The kinds of news about conflicts.
fn groups(news: &WhatIsNew) -> [(&'static str, &Vec<NewsItem>); 4] {
    [
        ("Nye konflikter", &news.new_conflicts),
        ("Avklart", &news.settled),
        ("Endret", &news.changed),
        ("Ikke lenger i dokumentene", &news.gone),
    ]
}

pub async fn show(State(service): State<Arc<Service>>, who: Who, uri: Uri) -> Response {
    let frame = Frame::of(&who, &uri);
    let filter = match Filter::read(&uri) {
        Ok(filter) => filter,
        Err(problem) => return refused(&problem, frame),
    };
    let news = match service.app().register.news(LOOK_BACK).await {
        Ok(news) => news,
        Err(error) => return failed(error, frame),
    };
    let mut codes: Vec<&String> = news
        .iter()
        .flat_map(|(_, news)| groups(news).into_iter().flat_map(|(_, items)| items))
        .flat_map(|item| &item.benefits)
        .collect();
    codes.sort();
    codes.dedup();
    let benefits =
        codes.into_iter().map(|code| Choice::new(code, benefit_name(code), filter.benefit.as_deref())).collect();
    let days = news.iter().map(|(_, news)| {
        let lines = |(title, items): (&'static str, &Vec<NewsItem>)| {
            let lines = items.iter().filter(|item| filter.item(item)).map(|item| Line {
                id: item.id.clone(),
                kind: kind_name(item.kind),
                question: item.question.clone(),
                what: item.what.clone(),
                provisions: ProvisionLink::all(&item.provisions),
                is_gone: title == "Ikke lenger i dokumentene",
            });
            (title, lines.collect::<Vec<_>>())
        };
        let passages =
            news.superseded_passages.iter().filter(|passage| filter.passage(passage)).map(|passage| Passage {
                title: passage.title.clone(),
                locator: passage.locator.clone(),
                place: Place {
                    document: passage.document.clone(),
                    version: passage.version,
                    from: passage.start,
                    to: passage.end,
                },
            });
        Day {
            day: day(&news.at),
            groups: groups(news).into_iter().map(lines).filter(|(_, lines)| !lines.is_empty()).collect(),
            passages: passages.collect(),
        }
    });
    let days = days.filter(|day| !day.groups.is_empty() || !day.passages.is_empty()).collect();
    let feed =
        uri.query().map_or_else(|| "/praksis/nytt.atom".to_owned(), |query| format!("/praksis/nytt.atom?{query}"));
    page(StatusCode::OK, &News { assets: frame.assets, frame, benefits, provision: filter.provision_text, feed, days })
}

/// The feed (RFC 4287), per benefit or provision.
pub async fn feed(State(service): State<Arc<Service>>, headers: HeaderMap, uri: Uri) -> Response {
    let filter = match Filter::read(&uri) {
        Ok(filter) => filter,
        Err(problem) => return problem.into_response(),
    };
    let news = match service.app().register.news(LOOK_BACK).await {
        Ok(news) => news,
        Err(error) => {
            tracing::error!(%error, "registeret svarte med feil");
            return Problem::unavailable().into_response();
        }
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let feed = Feed {
        title: title(&filter).into(),
        id: format!("urn:rettesnor:nytt:{}", uri.query().unwrap_or_default()),
        updated: news.iter().find_map(|(_, news)| moment(&news.at)).unwrap_or_default(),
        authors: vec![Person { name: "Rettesnor".into(), ..Person::default() }],
        links: vec![Link { href: format!("http://{host}{uri}"), rel: "self".into(), ..Link::default() }],
        entries: entries(&news, &filter, host),
        lang: Some("nb".into()),
        ..Feed::default()
    };
    ([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], feed.to_string()).into_response()
}

fn title(filter: &Filter) -> String {
    let mut title = "Rettesnor: nytt i praksis".to_owned();
    if let Some(code) = &filter.benefit {
        title = format!("{title}, {}", benefit_name(code));
    }
    if let Some(provision) = &filter.provision {
        title = format!("{title}, {}", provision.label());
    }
    title
}

fn moment(at: &str) -> Option<FixedDateTime> {
    at.parse().ok()
}

fn entries(news: &[(i64, WhatIsNew)], filter: &Filter, host: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (number, news) in news {
        let updated = moment(&news.at).unwrap_or_default();
        let entry = |id: String, title: String, summary: String, path: String, benefits: &[String]| Entry {
            id,
            title: title.into(),
            updated,
            summary: Some(Text::plain(summary)),
            links: vec![Link { href: format!("http://{host}{path}"), rel: "alternate".into(), ..Link::default() }],
            categories: benefits
                .iter()
                .map(|code| Category {
                    term: code.clone(),
                    label: Some(benefit_name(code).to_owned()),
                    ..Category::default()
                })
                .collect(),
            ..Entry::default()
        };
        for (what, items) in groups(news) {
            for item in items.iter().filter(|item| filter.item(item)) {
                entries.push(entry(
                    format!(
                        "urn:rettesnor:nytt:{number}:{}:{}",
                        what.split(' ').next().unwrap_or(what).to_lowercase(),
                        item.id
                    ),
                    format!("{what}: {}", item.question),
                    item.what.clone(),
                    format!("/praksis/strid/{}", item.id),
                    &item.benefits,
                ));
            }
        }
        for passage in news.superseded_passages.iter().filter(|passage| filter.passage(passage)) {
            entries.push(entry(
                format!("urn:rettesnor:nytt:{number}:erstattet:{}:{}", passage.version, passage.start),
                format!("Erstattet tekst: {}, {}", passage.title, passage.locator),
                "Teksten står ikke i den nye versjonen.".to_owned(),
                format!(
                    "/dokument/{}?version={}&fra={}&til={}#sitat",
                    passage.document, passage.version, passage.start, passage.end
                ),
                &passage.benefits,
            ));
        }
    }
    entries.truncate(MOST_ENTRIES);
    entries
}
