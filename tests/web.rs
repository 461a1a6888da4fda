//! The server on a real port, over a small base, with the real model.

#![allow(clippy::unwrap_used, clippy::panic)] // tests, with helpers outside the test functions

mod common;

use std::time::Duration;

use common::{IDENTITY_NUMBER, QUESTION, Server, command, get, post};
use serde_json::{Value, json};

const JSON: &str = "application/json";

/// The events of a stream: name and data.
fn events(text: &str) -> Vec<(String, Value)> {
    let field = |block: &str, name: &str| {
        block.lines().find_map(|line| line.strip_prefix(name).map(|value| value.trim().to_owned()))
    };
    let blocks = text.split("\n\n").filter(|block| block.contains("data:"));
    blocks
        .map(|block| (field(block, "event:").unwrap(), serde_json::from_str(&field(block, "data:").unwrap()).unwrap()))
        .collect()
}

fn characters(text: &Value, of: &Value) -> String {
    let (start, end) = (of["start"].as_u64().unwrap() as usize, of["end"].as_u64().unwrap() as usize);
    text.as_str().unwrap().chars().skip(start).take(end - start).collect()
}

#[tokio::test]
async fn every_sentence_rests_on_a_quote_that_stands_in_its_document() {
    let server = Server::shared();
    let answer = server.ask(QUESTION).await;
    assert_eq!(answer["question"], QUESTION);
    assert!(["answered", "partial"].contains(&answer["status"].as_str().unwrap()), "{answer:#}");
    let sentences = answer["answer"].as_array().unwrap();
    assert!(sentences.iter().any(|s| s["text"].as_str().unwrap().contains("18 uker")), "{sentences:#?}");
    let citations = answer["citations"].as_array().unwrap();
    for sentence in sentences {
        let ids = sentence["citations"].as_array().unwrap();
        assert!(!ids.is_empty());
        assert!(ids.iter().all(|id| citations.iter().any(|citation| citation["id"] == *id)));
    }
    for citation in citations {
        let (id, version) = (citation["document"]["id"].as_str().unwrap(), &citation["document"]["version"]);
        let document: Value =
            get(&server.url(&format!("/api/v1/documents/{id}?version={version}"))).await.json().await.unwrap();
        assert_eq!(characters(&document["text"], citation), citation["quote"].as_str().unwrap());
    }
    assert!(!answer["sources"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn the_stream_tells_steps_then_sentences_then_the_answer() {
    let server = Server::shared();
    let url = server.url("/api/v1/ask/stream");
    let by_post = post(&url, JSON, json!({ "question": QUESTION }).to_string()).await;
    assert_eq!(by_post.headers()["content-type"], "text/event-stream");
    let query = "N%C3%A5r%20f%C3%A5r%20den%20som%20selv%20har%20sagt%20opp%20jobben%20dagpenger%3F";
    let by_get = get(&format!("{url}?question={query}&as_of=2026-01-31")).await;
    for response in [by_post, by_get] {
        let events = events(&response.text().await.unwrap());
        let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names[..3], ["status", "status", "status"]);
        assert_eq!(events[1].1["text"], "Søker i lov, rundskriv og avgjørelser");
        let (name, answer) = events.last().unwrap();
        assert_eq!(name, "answer");
        let sentences: Vec<&Value> =
            events.iter().filter(|(name, _)| name == "sentence").map(|(_, data)| data).collect();
        assert!(!sentences.is_empty());
        assert_eq!(sentences, answer["answer"].as_array().unwrap().iter().collect::<Vec<_>>());
        assert_eq!(answer["question"], QUESTION);
    }
}

#[tokio::test]
async fn search_keeps_to_limit_kind_and_day() {
    let server = Server::shared();
    let search = async |query: &str| -> Vec<Value> {
        get(&server.url(&format!("/api/v1/search?{query}"))).await.json().await.unwrap()
    };
    assert_eq!(search("q=dagpenger&limit=2").await.len(), 2);
    let kinds = search("q=dagpenger&kind=circular&kind=tribunal_decision").await;
    assert!(
        kinds.iter().any(|p| p["document"]["kind"] == "circular")
            && kinds.iter().any(|p| p["document"]["kind"] == "tribunal_decision")
    );
    assert!(kinds.iter().all(|p| p["document"]["kind"] != "guidance"));
    let text = async |day: &str| search(&format!("q=sykepengedager&limit=1&as_of={day}")).await[0]["text"].to_string();
    assert!(text("2021-06-01").await.contains("240"));
    assert!(text("2024-06-01").await.contains("248"));
}

#[tokio::test]
async fn documents_are_listed_and_read_with_versions_and_sections() {
    let server = Server::shared();
    let list: Value = get(&server.url("/api/v1/documents")).await.json().await.unwrap();
    assert_eq!(list["total"], 8);
    let circulars: Value =
        get(&server.url("/api/v1/documents?kind=circular&limit=2&offset=1")).await.json().await.unwrap();
    assert_eq!(circulars["total"], 4);
    assert_eq!(circulars["documents"].as_array().unwrap().len(), 2);
    for id in ["lov/2099-03-01-7", "lov%2F2099-03-01-7"] {
        let document: Value = get(&server.url(&format!("/api/v1/documents/{id}"))).await.json().await.unwrap();
        assert_eq!(document["id"], "lov/2099-03-01-7");
        let section = &document["sections"][0];
        assert!(characters(&document["text"], section).starts_with("Loven skal prøve"));
        assert!(section["locator"].as_str().unwrap().contains("§ 1") && section["role"].is_string());
    }
    let newest: Value = get(&server.url("/api/v1/documents/R08-99")).await.json().await.unwrap();
    assert!(newest["text"].as_str().unwrap().contains("248"));
    let versions = newest["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 2);
    let older = versions.iter().find(|v| v["status"] == "superseded").unwrap();
    let older: Value =
        get(&server.url(&format!("/api/v1/documents/R08-99?version={}", older["version"]))).await.json().await.unwrap();
    assert!(older["text"].as_str().unwrap().contains("240"));
}

#[tokio::test]
async fn the_description_lists_the_routes_that_there_are() {
    let server = Server::shared();
    let description: Value = get(&server.url("/api/v1/openapi.json")).await.json().await.unwrap();
    let paths = description["paths"].as_object().unwrap();
    let names: Vec<&str> = paths.keys().map(String::as_str).collect();
    for path in [
        "/api/v1/ask",
        "/api/v1/ask/stream",
        "/api/v1/search",
        "/api/v1/documents",
        "/api/v1/documents/{id}",
        "/api/v1/health",
    ] {
        assert!(names.contains(&path), "{path} mangler i {names:?}");
    }
    assert!(description["components"]["schemas"]["AnswerView"]["properties"]["citations"].is_object());
    let health: Value = get(&server.url("/api/v1/health")).await.json().await.unwrap();
    assert_eq!((&health["status"], &health["documents"]), (&json!("ok"), &json!(8)));
}

#[tokio::test]
async fn bad_input_gets_a_problem_that_says_what_would_be_right() {
    let server = Server::shared();
    let ask = server.url("/api/v1/ask");
    let long = json!({ "question": "å".repeat(2001) }).to_string();
    let huge = json!({ "question": "a".repeat(70_000) }).to_string();
    for (kind, body, status, says) in [
        (JSON, "{", 400, "JSON"),
        (JSON, "{\"spørsmål\": \"x\"}", 422, "question"),
        (JSON, "{}", 422, "question"),
        (JSON, "{\"question\": 7}", 422, "tekst"),
        (JSON, "{\"question\": \"  \"}", 422, "tomt"),
        (JSON, "{\"question\": \"a\", \"as_of\": \"2026-02-30\"}", 422, "2026-11-21"),
        (JSON, "{\"question\": \"a\", \"as_of\": \"i går\"}", 422, "dato"),
        (JSON, "{\"question\": \"a\", \"conversation\": \"x\"}", 422, "UUID"),
        (JSON, long.as_str(), 422, "2000"),
        (JSON, huge.as_str(), 413, "64 KiB"),
        ("text/plain", "{\"question\": \"a\"}", 415, "application/json"),
    ] {
        for path in [&ask, &server.url("/api/v1/ask/stream")] {
            is_problem(post(path, kind, body.to_owned()).await, status, says).await;
        }
    }
    for (path, status, says) in [
        ("/api/v1/ask", 405, "Allow"),
        ("/api/v1/finnes-ikke", 404, "openapi"),
        ("/api/v1/ask/stream", 400, "question"),
        ("/api/v1/ask/stream?question=a&question=b", 400, "flere ganger"),
        ("/api/v1/search", 400, "«q»"),
        ("/api/v1/search?q=%FF", 400, "UTF-8"),
        ("/api/v1/search?q=a&limit=101", 422, "100"),
        ("/api/v1/search?q=a&limit=ti", 422, "heltall|helt tall"),
        ("/api/v1/search?q=a&kind=bok", 422, "circular"),
        ("/api/v1/search?q=a&spraak=nn", 400, "spraak"),
        ("/api/v1/documents/TRR-1900-1", 404, "finnes ikke"),
        ("/api/v1/documents/R08-99?version=0", 404, "versjonen"),
        ("/api/v1/documents/R08-99?version=to", 422, "tall"),
        ("/api/v1/documents/%FF", 400, "UTF-8"),
    ] {
        is_problem(get(&server.url(path)).await, status, says).await;
    }
    // The longest question that is allowed is answered.
    let longest = post(&ask, JSON, json!({ "question": "å ".repeat(1000) }).to_string()).await;
    assert_eq!(longest.status(), 200);
}

async fn is_problem(response: reqwest::Response, status: u16, says: &str) {
    let url = response.url().to_string();
    assert_eq!(response.status(), status, "{url}");
    assert_eq!(response.headers()["content-type"], "application/problem+json", "{url}");
    let problem: Value = response.json().await.unwrap();
    assert_eq!(problem["status"], status);
    assert!(problem["type"].is_string() && problem["title"].is_string());
    let detail = problem["detail"].as_str().unwrap();
    assert!(says.split('|').any(|says| detail.contains(says)), "{url}: «{detail}» sier ikke «{says}»");
}

#[tokio::test]
async fn other_sites_and_other_host_names_are_refused() {
    let server = Server::shared();
    let client = reqwest::Client::new();
    for (name, value) in [
        ("origin", "https://example.org"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("host", "example.org"),
    ] {
        let request = client.post(server.url("/api/v1/ask")).header("content-type", JSON).header(name, value);
        is_problem(request.body("{\"question\": \"a\"}").send().await.unwrap(), 403, "bruk").await;
    }
    let own = client.post(server.url("/api/v1/ask")).header("content-type", JSON).header("origin", &server.address);
    let own = own.header("sec-fetch-site", "same-origin").body(json!({ "question": QUESTION }).to_string());
    assert_eq!(own.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_full_queue_says_come_back() {
    let server = Server::start(&[("RETTESNOR_WORKERS", "1"), ("RETTESNOR_QUEUE", "1")]);
    let url = server.url("/api/v1/ask");
    let many = (0..40).map(|_| {
        tokio::spawn({
            let url = url.clone();
            async move { post(&url, JSON, json!({ "question": QUESTION }).to_string()).await }
        })
    });
    let mut answered = 0;
    let mut refused = 0;
    for response in many.collect::<Vec<_>>() {
        let response = response.await.unwrap();
        if response.status() == 200 {
            answered += 1;
            continue;
        }
        assert!(response.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
        is_problem(response, 429, "prøv igjen").await;
        refused += 1;
    }
    assert!(answered >= 2 && refused >= 1, "{answered} besvart, {refused} avvist");
    server.ask(QUESTION).await; // the places are free again
}

#[tokio::test]
async fn personal_data_is_neither_answered_nor_kept_nor_logged() {
    let server = Server::start(&[("RETTESNOR_LOG", "debug,hyper=info")]);
    let question = format!("Har {IDENTITY_NUMBER} hemmeligord rett til dagpenger?");
    let conversation = uuid::Uuid::new_v4().to_string();
    let answer = server.ask_in(&question, Some(&conversation)).await;
    assert_eq!((&answer["status"], &answer["question"]), (&json!("blocked"), &json!("")));
    assert_eq!(answer["warnings"][0]["code"], "personal_data");
    assert!(answer["sources"].as_array().unwrap().is_empty() && answer["answer"].as_array().unwrap().is_empty());
    let follow_up = server.ask_in("og hvis hun er student?", Some(&conversation)).await;
    assert!(!follow_up.to_string().contains(IDENTITY_NUMBER) && !follow_up.to_string().contains("hemmeligord"));
    assert!(!follow_up["warnings"].to_string().contains("Lest som"), "{follow_up:#}");
    get(&server.url(&format!("/?q={IDENTITY_NUMBER}+hemmeligord"))).await;
    get(&server.url(&format!("/api/v1/search?q={IDENTITY_NUMBER}+hemmeligord"))).await;
    get(&server.url(&format!("/hemmeligord/{IDENTITY_NUMBER}"))).await;
    post(&server.url("/svar"), JSON, json!({ "question": question }).to_string()).await.text().await.unwrap();
    let log = server.log();
    assert!(log.contains("\"path\":\"/api/v1/ask\"") && log.contains("\"status\":200"), "{log}");
    for secret in [IDENTITY_NUMBER, "hemmeligord"] {
        assert!(!log.contains(secret), "loggen har {secret}");
        for (path, bytes) in server.data() {
            assert!(!String::from_utf8_lossy(&bytes).contains(secret), "{} har {secret}", path.display());
        }
    }
}

#[tokio::test]
async fn ordinary_questions_are_not_logged_either() {
    let server = Server::start(&[]);
    server.ask("Hva er ordetsomikkeskalilogg for dagpenger?").await;
    get(&server.url("/api/v1/search?q=ordetsomikkeskalilogg")).await;
    assert!(server.log().contains("/api/v1/search") && !server.log().contains("ordetsomikkeskalilogg"));
}

#[tokio::test]
async fn a_follow_up_is_read_with_the_question_before_it() {
    let server = Server::shared();
    let conversation = uuid::Uuid::new_v4().to_string();
    server.ask_in(QUESTION, Some(&conversation)).await;
    let follow_up = server.ask_in("og hvis hun er student?", Some(&conversation)).await;
    assert_eq!(follow_up["question"], "og hvis hun er student?");
    let read_as = format!("Lest som: «{QUESTION} og hvis hun er student?»");
    assert!(follow_up["warnings"].as_array().unwrap().iter().any(|w| w["text"] == read_as.as_str()), "{follow_up:#}");
    assert_eq!(follow_up["sources"][0]["document"]["id"], "R04-99");
    // Another conversation, and none, know nothing of it.
    let other = uuid::Uuid::new_v4().to_string();
    for conversation in [Some(other.as_str()), None] {
        let alone = server.ask_in("og hvis hun er student?", conversation).await;
        assert!(!alone["warnings"].to_string().contains("Lest som"));
    }
}

#[tokio::test]
async fn pages_work_without_script_and_escape_what_documents_hold() {
    let server = Server::shared();
    let page = get(&server.url("/?q=Hvor+ofte+skal+meldekortet+for+dagpenger+sendes%3F&as_of=2026-01-31")).await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains("fjortende dag") && page.contains("Brukt i svaret") && page.contains("31.01.2026"), "{page}");
    let document = get(&server.url("/dokument/meldekort?fra=30&til=40")).await.text().await.unwrap();
    assert!(document.contains("<mark id=\"sitat\""), "{document}");
    for page in [&page, &document] {
        assert!(page.contains("&#60;script&#62;") || page.contains("&lt;script&gt;"), "{page}");
        assert!(
            !page.contains("<script>")
                && !page.contains("<img")
                && !page.contains("<style")
                && !page.contains(" style=")
        );
    }
    let form = "q=Hvor+ofte+skal+meldekortet+for+dagpenger+sendes%3F&as_of=&conversation=";
    let posted = post(&server.url("/"), "application/x-www-form-urlencoded", form.to_owned()).await;
    assert!(posted.text().await.unwrap().contains("fjortende dag"));
    let empty = get(&server.url("/?q=+++")).await;
    assert_eq!(empty.status(), 422);
    assert!(empty.text().await.unwrap().contains("tomt"));
    assert!(get(&server.url("/om")).await.text().await.unwrap().contains("syntetisk"));
    for path in ["/finnes-ikke", "/dokument/finnes-ikke", "/dokument/R08-99?version=0"] {
        let missing = get(&server.url(path)).await;
        assert_eq!(missing.status(), 404);
        assert!(missing.text().await.unwrap().contains("<h1>Finnes ikke</h1>"));
    }
    let older = get(&server.url("/dokument/lov%2F2099-03-01-7")).await;
    assert!(older.text().await.unwrap().contains("Lov om prøveordninger"));
}

#[tokio::test]
async fn every_answer_has_the_security_headers_and_an_id() {
    let server = Server::shared();
    for path in ["/", "/om", "/assets/chat.js", "/api/v1/health", "/finnes-ikke"] {
        let response = get(&server.url(path)).await;
        let headers = response.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("script-src 'self'")
                && policy.contains("frame-ancestors 'none'")
                && !policy.contains("unsafe")
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(
            headers.contains_key("referrer-policy")
                && headers.contains_key("x-request-id")
                && headers.contains_key("cache-control")
        );
    }
    let named = reqwest::Client::new().get(server.url("/api/v1/health")).header("x-request-id", "sak-17");
    assert_eq!(named.send().await.unwrap().headers()["x-request-id"], "sak-17");
}

#[cfg(unix)]
#[tokio::test]
async fn told_to_stop_it_finishes_what_is_under_way() {
    for signal in ["TERM", "INT"] {
        let mut server = Server::start(&[("RETTESNOR_WORKERS", "1")]);
        let url = server.url("/api/v1/ask/stream");
        // The headers come when the gate has let a question in: from then on it is under way.
        let mut streams = Vec::new();
        for _ in 0..4 {
            streams.push(post(&url, JSON, json!({ "question": QUESTION }).to_string()).await);
        }
        server.signal(signal);
        for stream in streams {
            let events = events(&stream.text().await.unwrap());
            assert_eq!(events.last().unwrap().0, "answer");
        }
        let status = server.ended(Duration::from_secs(15)).expect("den stopper");
        assert!(status.success(), "{signal}: {status}");
    }
}

#[test]
fn what_keeps_it_from_starting_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = command(folder.path()).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = run(&["serve", "--bind", &address]);
    assert!(
        told.contains(&format!("port {} er i bruk", taken.local_addr().unwrap().port())) && told.contains("--bind"),
        "{told}"
    );
    let told = run(&["serve", "--bind", "127.0.0.1:0", "--corpus", "finnes-ikke"]);
    assert!(told.contains("mappen finnes-ikke finnes ikke") && told.contains("--corpus"), "{told}");
}
