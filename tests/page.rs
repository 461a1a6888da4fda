//! The page in a real browser: headless Chromium, driven through chromedriver.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)] // tests, with helpers outside the test functions

mod common;

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use common::{IDENTITY_NUMBER, QUESTION, Server};
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

struct Browser {
    client: Client,
    driver: Child,
    server: Arc<Server>,
    _profile: TempDir,
}

fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

impl Browser {
    /// A browser of one's own, or `None` on a machine without one. Where `CI` is set, one must be there.
    async fn start(width: u32, script: bool) -> Option<Self> {
        let chromium = find_program(&["chromium", "chromium-browser", "google-chrome"]);
        let (Some(chromium), Some(driver)) = (chromium, find_program(&["chromedriver"])) else {
            let message = "Chromium og chromedriver finnes ikke i PATH; installer dem med «apt-get install chromium chromium-driver»";
            assert!(std::env::var_os("CI").is_none(), "{message}");
            eprintln!("hoppet over: {message}");
            return None;
        };
        let mut driver =
            Command::new(driver).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port: u16 = lines
            .into_iter()
            .find_map(|line| line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse().ok())
            .expect("chromedriver sier hvilken port den bruker");
        let profile = tempfile::tempdir().unwrap();
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--lang=nb",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        arguments.push(format!("--window-size={width},900"));
        let preferences =
            if script { json!({}) } else { json!({ "profile.managed_default_content_settings.javascript": 2 }) };
        let mut options = json!({ "args": arguments, "binary": chromium, "prefs": preferences });
        if width < 500 {
            // A window cannot be made this narrow; the device that the browser plays can.
            options["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": width, "height": 640, "pixelRatio": 1.0, "mobile": false } });
        }
        let Value::Object(capabilities) = json!({ "goog:chromeOptions": options }) else { unreachable!() };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Some(Self { client, driver, server: Server::shared(), _profile: profile })
    }

    async fn open(&self, path: &str) {
        self.client.goto(&self.server.url(path)).await.unwrap();
    }

    async fn find(&self, selector: &str) -> Element {
        let wait = self.client.wait().at_most(Duration::from_secs(15));
        wait.for_element(Locator::Css(selector)).await.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    async fn count(&self, selector: &str) -> usize {
        self.client.find_all(Locator::Css(selector)).await.unwrap().len()
    }

    async fn script(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Presses keys on whatever has focus, as a user without a mouse does.
    async fn press(&self, keys: &[char]) {
        let mut actions = KeyActions::new("keys".into());
        for key in keys {
            actions = actions.then(KeyAction::Down { value: *key });
        }
        for key in keys.iter().rev() {
            actions = actions.then(KeyAction::Up { value: *key });
        }
        self.client.perform_actions(actions).await.unwrap();
    }

    async fn type_text(&self, text: &str) {
        for letter in text.chars() {
            self.press(&[letter]).await;
        }
    }

    /// Presses Tab until what has focus matches.
    async fn tab_to(&self, selector: &str) -> Element {
        for _ in 0..80 {
            self.press(&[Key::Tab.into()]).await;
            if self.script(&format!("return document.activeElement.matches({selector:?})")).await == json!(true) {
                return self.client.active_element().await.unwrap();
            }
        }
        panic!("Tab når ikke {selector}");
    }

    /// Asks by typing, and waits for the finished answer.
    async fn ask(&self, question: &str) -> Element {
        let before = self.count(".turn[id]").await;
        let input = self.find("#q").await;
        input.send_keys(question).await.unwrap();
        input.send_keys(&char::from(Key::Enter).to_string()).await.unwrap();
        self.find(&format!(".turn[id]:nth-of-type({})", before + 1)).await
    }

    /// Saves what is seen where `RETTESNOR_SCREENSHOTS` names a folder.
    async fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("RETTESNOR_SCREENSHOTS") else { return };
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(PathBuf::from(folder).join(format!("{name}.png")), self.client.screenshot().await.unwrap())
            .unwrap();
    }

    async fn close(mut self) {
        let _ = self.client.clone().close().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

#[tokio::test]
async fn a_question_is_typed_and_answered_with_quotes_in_place() {
    let Some(browser) = Browser::start(1280, true).await else { return };
    browser.open("/").await;
    assert_eq!(browser.script("return document.activeElement.id").await, "q");
    browser.picture("start").await;
    let turn = browser.ask(QUESTION).await;
    assert!(turn.text().await.unwrap().contains("18 uker"));
    assert_eq!(browser.find("#q").await.prop("value").await.unwrap().as_deref(), Some(""));
    assert!(
        browser
            .script("return document.getElementById('status').textContent")
            .await
            .as_str()
            .unwrap()
            .contains("18 uker")
    );
    browser.picture("svar").await;

    // The footnote shows the quote in its place on focus, and Esc closes it.
    let mark = browser.tab_to_from_top(".mark").await;
    let quote_id = mark.attr("aria-describedby").await.unwrap().unwrap();
    let quote = browser.find(&format!("[id='{quote_id}']")).await;
    assert!(quote.is_displayed().await.unwrap());
    assert!(quote.find(Locator::Css("mark")).await.unwrap().text().await.unwrap().len() > 10);
    browser.picture("sitat").await;
    browser.press(&[Key::Escape.into()]).await;
    assert!(!quote.is_displayed().await.unwrap());

    // The note is ready to copy, with question, answer, source and dates.
    let note = browser.script("return document.querySelector('.note-text textarea').value").await;
    let note = note.as_str().unwrap();
    for part in [QUESTION, "18 uker", "[1]", "R04-99", "Regler per:", "Slått opp i Rettesnor"] {
        assert!(note.contains(part), "{part} mangler i {note}");
    }
    browser.find("[data-copy^='note-']").await.click().await.unwrap();
    browser.find("[data-copy^='note-'][data-label]").await;

    // A source opens the document at the quoted place.
    browser.find(".sources .card-title a").await.click().await.unwrap();
    let marked = browser.find("#sitat").await;
    assert!(marked.text().await.unwrap().len() > 10);
    let place = browser.script("const r = document.getElementById('sitat').getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight").await;
    assert_eq!(place, json!(true));
    browser.picture("dokument").await;
    browser.close().await;
}

#[tokio::test]
async fn a_conversation_goes_on_and_a_new_one_starts_clean() {
    let Some(browser) = Browser::start(1280, true).await else { return };
    browser.open("/").await;
    browser.ask(QUESTION).await;
    let second = browser.ask("og hvis hun er student?").await;
    assert!(second.text().await.unwrap().contains("Lest som:"));
    assert_eq!(browser.count(".turn").await, 2);
    assert_eq!(browser.count(".turn.earlier").await, 1);
    browser.picture("oppfolging").await;

    browser.find(".turn:not(.earlier) a[data-draft]").await.click().await.unwrap();
    let draft = browser.find("#q").await.prop("value").await.unwrap().unwrap();
    assert!(draft.starts_with("Hva sier "), "{draft}");

    // A stopped question is not shown, and comes back into the box to be mended.
    browser.find("#q").await.clear().await.unwrap();
    let question = format!("Har {IDENTITY_NUMBER} rett til dagpenger?");
    let stopped = browser.ask(&question).await;
    assert!(stopped.text().await.unwrap().contains("Spørsmålet ble stoppet"));
    assert_eq!(
        browser
            .script("return document.getElementById('turns').textContent")
            .await
            .as_str()
            .map(|text| text.contains(IDENTITY_NUMBER)),
        Some(false)
    );
    assert_eq!(browser.find("#q").await.prop("value").await.unwrap(), Some(question));
    browser.picture("stoppet").await;

    let old = browser.script("return document.querySelector('[name=conversation]').value").await;
    browser.press(&[Key::Alt.into(), 'n']).await;
    browser.find(".chat:not(.has-turns)").await;
    assert_eq!(browser.count(".turn").await, 0);
    assert_ne!(browser.script("return document.querySelector('[name=conversation]').value").await, old);
    browser.close().await;
}

#[tokio::test]
async fn the_keyboard_alone_is_enough() {
    let Some(browser) = Browser::start(1280, true).await else { return };
    browser.open("/").await;
    browser.type_text("Hvor lenge gis foreldrepengar?").await;
    browser.press(&[Key::Enter.into()]).await;
    browser.find(".turn[id]").await;
    assert_eq!(browser.script("return document.activeElement.id").await, "q");
    browser.tab_to_from_top(".mark").await;
    let ring = browser
        .script("const s = getComputedStyle(document.activeElement); return s.outlineStyle + ' ' + s.outlineWidth")
        .await;
    assert_eq!(ring, "solid 3px");
    browser.tab_to("[data-copy]").await;
    browser.tab_to(".card-title a").await;
    browser.press(&[Key::Enter.into()]).await;
    assert_eq!(browser.find("#sitat").await.tag_name().await.unwrap(), "mark");
    assert_eq!(browser.find(".document .text").await.attr("lang").await.unwrap().as_deref(), Some("nn"));
    browser.close().await;
}

#[tokio::test]
async fn nothing_overflows_at_320_pixels() {
    let Some(browser) = Browser::start(320, true).await else { return };
    let overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    browser.open("/").await;
    assert_eq!(browser.script("return innerWidth").await, json!(320));
    assert_eq!(browser.script(overflow).await, json!(0));
    browser.ask(QUESTION).await;
    assert_eq!(browser.script(overflow).await, json!(0));
    browser.picture("smal").await;
    browser.tab_to_from_top(".mark").await;
    assert_eq!(browser.script(overflow).await, json!(0));
    browser.picture("smal-sitat").await;
    for path in ["/om", "/dokument/TRR-2024-99001", "/finnes-ikke", "/praksis", "/praksis/bestemmelse", "/praksis/nytt"]
    {
        browser.open(path).await;
        assert_eq!(browser.script(overflow).await, json!(0), "{path}");
    }
    browser.close().await;
}

#[tokio::test]
async fn a_question_is_answered_without_javascript() {
    let Some(browser) = Browser::start(1280, false).await else { return };
    browser.open("/").await;
    let input = browser.find("#q").await;
    input.send_keys("Hvor ofte skal meldekortet for dagpenger sendes?").await.unwrap();
    browser.find("#ask button[type=submit]").await.click().await.unwrap();
    let turn = browser.find(".turn").await;
    assert!(turn.text().await.unwrap().contains("fjortende dag"));
    assert_eq!(browser.count(".js-only:not([hidden])").await, 0, "knapper uten virkning vises ikke");
    assert_ne!(browser.client.title().await.unwrap(), "tatt");
    // Hovering is enough for the quote.
    let mark = browser.find(".mark").await;
    mark.click().await.unwrap();
    assert!(browser.find(".quote").await.is_displayed().await.unwrap());
    browser.close().await;
}

/// What automatic checkers look for, on every kind of page.
const CHECKS: &str = r#"
const wrong = [];
const name = (e) => (e.getAttribute("aria-label") || (e.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent || "").join("")
  || (e.labels && e.labels[0]?.textContent) || e.textContent || e.title || "").trim();
if (!document.documentElement.lang) wrong.push("html uten lang");
if (!document.title) wrong.push("side uten tittel");
if (document.querySelectorAll("h1").length !== 1) wrong.push("ikke nøyaktig én h1");
for (const landmark of ["header", "main", "nav"]) if (!document.querySelector(landmark)) wrong.push("mangler " + landmark);
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push("to elementer med id " + id);
for (const e of document.querySelectorAll("button, a[href], textarea, input:not([type=hidden]), aside, nav, section[aria-label]")) if (!name(e)) wrong.push("uten navn: " + e.outerHTML.slice(0, 80));
for (const e of document.querySelectorAll("[aria-describedby], [aria-labelledby]"))
  for (const id of ((e.getAttribute("aria-describedby") || "") + " " + (e.getAttribute("aria-labelledby") || "")).trim().split(/\s+/))
    if (!document.getElementById(id)) wrong.push("peker på ingenting: " + id);
let level = 1;
for (const e of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
  const own = Number(e.tagName[1]);
  if (own > level + 1) wrong.push("overskrift hopper fra h" + level + " til h" + own + ": " + e.textContent.trim());
  level = own;
}
const light = ([r, g, b]) => { const f = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
const rgb = (text) => text.match(/[\d.]+/g).map(Number);
const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0.99) return c; } return [255, 255, 255]; };
for (const e of document.querySelectorAll("body *")) {
  if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility()) continue;
  const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
  if ((a + 0.05) / (b + 0.05) < 4.5) wrong.push("kontrast " + ((a + 0.05) / (b + 0.05)).toFixed(1) + ": " + e.outerHTML.slice(0, 80));
}
for (const e of document.querySelectorAll("button, .button, textarea, input:not([type=hidden])")) {
  const box = e.getBoundingClientRect();
  if (e.checkVisibility() && (box.width < 24 || box.height < 24)) wrong.push("for liten å treffe: " + e.outerHTML.slice(0, 80));
}
return wrong;
"#;

/// The adviser is warned with both sides; the coordinator finds the same conflict and takes a stand on it.
#[tokio::test]
async fn a_conflict_is_seen_in_the_chat_and_settled_by_a_coordinator() {
    let Some(browser) = Browser::start(1280, true).await else { return };
    browser.open("/").await;
    let turn = browser.ask("Får den som flytter til en midlertidig stilling, stønad til flytting?").await;
    let warning = turn.find(Locator::Css(".conflict")).await.unwrap().text().await.unwrap();
    for part in ["Prøverundskriv om stønad til flytting", "Klageinstansen", "Midlertidige stillinger", "fagkoordinator"]
    {
        assert!(warning.contains(part), "{part}: {warning}");
    }
    assert_eq!(browser.script(CHECKS).await, json!([]));
    browser.picture("uenige").await;

    browser.open("/praksis?provision=15-11").await;
    browser.find("a[href^='/praksis/strid/']").await.click().await.unwrap();
    browser.find("#who-name").await.send_keys("Kari Prøve").await.unwrap();
    browser.find("#who-role option[value=coordinator]").await.click().await.unwrap();
    browser.find("form[action='/praksis/meg'] button").await.click().await.unwrap();
    let confirm = "//form[input[@name='act' and @value='confirm']]//button";
    let wait = browser.client.wait().at_most(Duration::from_secs(15));
    wait.for_element(Locator::XPath(confirm)).await.unwrap().click().await.unwrap();
    browser.find(".tag.state-confirmed").await;
    assert!(browser.find("main").await.text().await.unwrap().contains("Kari Prøve"));
    let path = browser.script("return location.pathname").await;
    for path in [path.as_str().unwrap(), "/praksis", "/praksis/bestemmelse", "/praksis/rundskriv", "/praksis/nytt"] {
        browser.open(path).await;
        assert_eq!(browser.script(CHECKS).await, json!([]), "{path}");
    }
    browser.picture("praksis").await;
    browser.close().await;
}

#[tokio::test]
async fn pages_are_accessible_by_the_usual_checks() {
    let Some(browser) = Browser::start(1280, true).await else { return };
    for path in ["/", "/om", "/dokument/R08-99", "/dokument/TRR-2024-99001?fra=20&til=60", "/finnes-ikke", "/?q=+"] {
        browser.open(path).await;
        assert_eq!(browser.script(CHECKS).await, json!([]), "{path}");
    }
    browser.open("/").await;
    for question in [
        QUESTION,
        "Hvor lenge gis foreldrepengar?",
        "Hvor mange sykepengedager kan man få?",
        "Hvem fant opp kulepennen?",
    ] {
        browser.ask(question).await;
        assert_eq!(browser.script(CHECKS).await, json!([]), "{question}");
    }
    assert!(browser.find(".turn:last-child").await.text().await.unwrap().contains("har ikke svar"));
    assert!(browser.count("[lang=nn]").await > 0);
    assert_eq!(browser.count("[aria-live], [role=status]").await, 1);
    browser.picture("samtale").await;
    browser.close().await;
}

impl Browser {
    /// As [`Browser::tab_to`], from the top of the page.
    async fn tab_to_from_top(&self, selector: &str) -> Element {
        self.script("document.activeElement.blur(); document.querySelector('.skip').focus()").await;
        self.tab_to(selector).await
    }
}
