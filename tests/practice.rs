//! The register and the coordinator's pages, with the real program as a process over a small base of made-up documents.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod common;

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Stdio};

use common::{MOVING, command};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use serde_json::{Value, json};
use tempfile::TempDir;

/// File name and content. All text is made up for these tests.
const DOCUMENTS: [(&str, &str); 7] = [
    (
        "r08-97.md",
        "---\nid: R08-97\nkind: circular\ntitle: Prøverundskriv om legeerklæring\nissuer: Prøvedirektoratet\nlanguage: nb\n\
         date: 2020-02-01\nbenefits: [SYK_SYK]\nprovisions: [\"ftrl. § 8-7\"]\nprovenance: synthetic\n---\n\
         ## § 8-7 Legeerklæring\n\nLegeerklæringen må være skrevet etter at legen har undersøkt medlemmet på legekontoret. \
         En konsultasjon på telefon er ikke tilstrekkelig for å dokumentere arbeidsuførhet.\n",
    ),
    (
        "trr-2022-99701.md",
        "---\nid: TRR-2022-99701\nkind: tribunal_decision\ntitle: Sykepenger – legeerklæring etter telefonkonsultasjon\nissuer: Trygderetten\n\
         language: nb\ndate: 2022-05-14\nbenefits: [SYK_SYK]\nprovisions: [\"ftrl. § 8-7\"]\noutcome: MEDHOLD\n\
         panel: {members: 3, dissent: false, reasoning: full}\nprovenance: synthetic\n---\n\
         ## Saken gjelder\n\nSpørsmålet er om arbeidsuførheten er dokumentert.\n\n\
         ## Rettens bemerkninger\n\nRetten kan ikke følge rundskrivet R08-97. Etter § 8-7 er en konsultasjon på telefon \
         tilstrekkelig for å dokumentere arbeidsuførhet.\n\n## Slutning\n\nVedtaket omgjøres.\n",
    ),
    (
        "ka-2022-9971.md",
        "---\nid: KA-2022-9971\nkind: appeals_ruling\ntitle: Sykepenger – time på legekontoret\nissuer: Nav klageinstans\n\
         language: nb\ndate: 2022-09-01\nbenefits: [SYK_SYK]\nprovisions: [\"ftrl. § 8-7\"]\noutcome: STADFESTELSE\noffice: Prøveby\n\
         provenance: synthetic\n---\n\
         ## Saken gjelder\n\nSykepenger fra 3. mars.\n\n## Klageinstansens vurdering\n\nEtter § 8-7 er en konsultasjon på telefon ikke \
         tilstrekkelig for å dokumentere arbeidsuførhet.\n\n## Konklusjon\n\nVedtaket stadfestes.\n",
    ),
    (
        "ka-2023-9972.md",
        "---\nid: KA-2023-9972\nkind: appeals_ruling\ntitle: Sykepenger – ny epikrise\nissuer: Nav klageinstans\n\
         language: nb\ndate: 2023-02-01\nbenefits: [SYK_SYK]\nprovisions: [\"ftrl. § 8-7\"]\noutcome: MEDHOLD\noffice: Annenby\n\
         reversal_reason: new_information\nprovenance: synthetic\n---\n\
         ## Saken gjelder\n\nSykepenger fra 1. januar.\n\n## Klageinstansens vurdering\n\nDet er kommet en ny epikrise som ikke forelå da \
         vedtaket ble gjort. Med de nye opplysningene er arbeidsuførheten dokumentert.\n\n## Konklusjon\n\nVedtaket omgjøres.\n",
    ),
    MOVING[0],
    MOVING[1],
    ("veiledning.txt", "Telefontid\n\nVi svarer på telefon fra klokka ni til tre.\n"),
];

/// A base of its own.
struct Base {
    folder: TempDir,
}

impl Base {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("corpus")).unwrap();
        for (name, content) in DOCUMENTS {
            std::fs::write(folder.path().join("corpus").join(name), content).unwrap();
        }
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command and reads what it prints as JSON.
    fn json(&self, arguments: &[&str]) -> Value {
        let output = command(self.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn ingest(&self) -> Value {
        self.json(&["ingest", "corpus", "--json"])
    }

    /// The conflict that is on a provision.
    fn conflict_on(&self, provision: &str) -> Value {
        let found = self.json(&["conflicts", "--provision", provision, "--json"]);
        assert_eq!(found.as_array().unwrap().len(), 1, "{found:#}");
        found[0].clone()
    }

    fn serve(&self) -> Server<'_> {
        let log = File::create(self.path().join("log")).unwrap();
        let mut child = command(self.path())
            .args(["serve", "--bind", "127.0.0.1:0", "--corpus", "corpus"])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix("Rettesnor svarer på ").map(str::to_owned));
        let Some(address) = address else {
            panic!("serveren startet ikke: {}", std::fs::read_to_string(self.path().join("log")).unwrap());
        };
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Server { child, address, client, _base: self }
    }
}

struct Server<'a> {
    child: Child,
    address: String,
    client: reqwest::Client,
    _base: &'a Base,
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server<'_> {
    async fn page(&self, path: &str) -> (StatusCode, String) {
        let response = self.client.get(format!("{}{path}", self.address)).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    /// A page that must be there.
    async fn text(&self, path: &str) -> String {
        let (status, text) = self.page(path).await;
        assert_eq!(status, 200, "{path}: {text}");
        text
    }

    /// A page as somebody reads it.
    async fn read_as(&self, who: &str, path: &str) -> String {
        let request = self.client.get(format!("{}{path}", self.address)).header(COOKIE, who);
        request.send().await.unwrap().text().await.unwrap()
    }

    /// Sends a form.
    async fn form(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        let body =
            fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&");
        let request = self.client.post(format!("{}{path}", self.address)).header(COOKIE, who);
        request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body).send().await.unwrap()
    }

    /// Chooses name and role; the cookie to send.
    async fn choose(&self, name: &str, role: &str) -> String {
        let response = self.form("", "/praksis/meg", &[("name", name), ("role", role), ("back", "/praksis")]).await;
        assert_eq!(response.status(), 303);
        let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        cookie.split(';').next().unwrap().to_owned()
    }

    async fn record(&self, id: &str) -> Value {
        let url = format!("{}/api/v1/conflicts/{id}", self.address);
        self.client.get(url).send().await.unwrap().json().await.unwrap()
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// White space aside.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_command_line_lists_what_the_documents_disagree_on() {
    let base = Base::new();
    let report = base.ingest();
    assert_eq!(report["failed"], json!([]));
    assert!(report["news"]["new_conflicts"].as_array().unwrap().len() >= 2, "{report:#}");
    assert_eq!(base.ingest()["news"]["new_conflicts"], json!([]), "the second time there is no news");

    let all = base.json(&["conflicts", "--json"]);
    for conflict in all.as_array().unwrap() {
        for field in [
            "id",
            "type",
            "status",
            "provisions",
            "question",
            "sides",
            "explanation",
            "resolved_by",
            "signals",
            "score",
        ] {
            assert!(conflict.get(field).is_some(), "{field}: {conflict:#}");
        }
        assert!(conflict["sides"].as_array().unwrap().len() >= 2);
        for document in
            conflict["sides"].as_array().unwrap().iter().flat_map(|side| side["documents"].as_array().unwrap())
        {
            let (_, content) =
                DOCUMENTS.iter().find(|(_, content)| content.contains(document["id"].as_str().unwrap())).unwrap();
            assert!(squeezed(content).contains(&squeezed(document["quote"].as_str().unwrap())), "{document:#}");
        }
    }
    let sick_leave = base.conflict_on("ftrl. § 8-7");
    assert_eq!(sick_leave, base.conflict_on("lov/1997-02-28-19/§8-7"));
    let ids: Vec<&str> = sick_leave["sides"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|side| side["documents"].as_array().unwrap())
        .map(|d| d["id"].as_str().unwrap())
        .collect();
    assert!(ids.contains(&"R08-97") && ids.contains(&"TRR-2022-99701"), "{ids:?}");
    assert!(!ids.contains(&"KA-2023-9972"), "new information is no disagreement");
    assert_eq!(base.json(&["conflicts", "--status", "rejected", "--json"]), json!([]));
    assert!(base.json(&["conflicts", "--rejected", "--json"]).is_array());

    let plain = command(base.path()).arg("conflicts").output().unwrap();
    assert!(String::from_utf8(plain.stdout).unwrap().contains("Klageinstansen mot rundskriv"));
    let wrong = command(base.path()).args(["conflicts", "--status", "tull"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    let nowhere = command(base.path()).args(["conflicts", "--data-dir", "borte"]).output().unwrap();
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(String::from_utf8(nowhere.stderr).unwrap().contains("rettesnor ingest"));
}

#[tokio::test]
async fn what_a_coordinator_decides_is_kept() {
    let base = Base::new();
    base.ingest();
    let id = base.conflict_on("ftrl. § 15-11")["id"].as_str().unwrap().to_owned();
    let path = format!("/praksis/strid/{id}");
    {
        let server = base.serve();
        let (kari, ola) = (server.choose("Kari Prøve", "coordinator").await, server.choose("Ola", "adviser").await);
        assert!(server.read_as(&kari, &path).await.contains("Avvis konflikten"));
        assert!(!server.read_as(&ola, &path).await.contains("Avvis konflikten"));

        let reject = [("act", "reject"), ("revision", "0"), ("note", "Stillingene er ulike.")];
        assert_eq!(server.form("", &path, &reject).await.status(), 403);
        assert_eq!(server.form(&ola, &path, &reject).await.status(), 422);
        assert_eq!(server.form(&kari, &path, &[("act", "reject"), ("revision", "0")]).await.status(), 422);
        assert_eq!(server.form(&kari, &path, &reject).await.status(), 303);
        let late = server.form(&kari, &path, &[("act", "confirm"), ("revision", "0")]).await;
        assert_eq!(late.status(), 409);
        let told = late.text().await.unwrap();
        assert!(told.contains("Kari Prøve") && told.contains("Stillingene er ulike."), "{told}");

        let record = server.record(&id).await;
        assert_eq!((&record["status"], &record["revision"]), (&json!("rejected"), &json!(1)));
        assert_eq!(record["acts"][0]["name"], "Kari Prøve");
        assert_eq!(record["acts"][0]["before"], Value::Null);

        let elsewhere = server
            .client
            .post(format!("{}{path}", server.address))
            .header(COOKIE, &kari)
            .header(ORIGIN, "https://example.org");
        let elsewhere = elsewhere
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body("act=reopen&revision=1")
            .send()
            .await;
        assert_eq!(elsewhere.unwrap().status(), 403);
        let personal =
            server.form(&kari, &path, &[("act", "confirm"), ("revision", "1"), ("note", "Gjelder 01859212367")]).await;
        assert_eq!(personal.status(), 422);
    }
    // Neither reading everything again nor another restart changes what was decided.
    assert_eq!(base.ingest()["news"]["new_conflicts"], json!([]));
    assert_eq!(base.conflict_on("ftrl. § 15-11")["status"], "rejected");

    // A changed document does bring it back.
    let (name, content) = DOCUMENTS[5];
    let changed = content
        .replace("2022-05-31", "2022-06-30")
        .replace("Stønad til flytting.\n", "Stønad til flytting til et vikariat.\n");
    std::fs::write(base.path().join("corpus").join(name), changed).unwrap();
    let news = &base.ingest()["news"];
    assert_eq!(news["new_conflicts"].as_array().unwrap().len(), 1, "{news:#}");
    assert_eq!(base.conflict_on("ftrl. § 15-11")["status"], "open");
    let server = base.serve();
    let record = server.record(&id).await;
    let acts: Vec<&str> = record["acts"].as_array().unwrap().iter().map(|act| act["name"].as_str().unwrap()).collect();
    assert_eq!(acts, ["Rettesnor", "Kari Prøve"]);
}

#[tokio::test]
async fn the_api_settles_like_the_pages() {
    let base = Base::new();
    base.ingest();
    let server = base.serve();
    let kari = server.choose("Kari", "coordinator").await;
    let id = base.conflict_on("ftrl. § 8-7")["id"].as_str().unwrap().to_owned();
    let act = async |who: &str, body: Value| {
        let url = format!("{}/api/v1/conflicts/{id}/acts", server.address);
        let response = server.client.post(url).header(COOKIE, who).json(&body).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    assert_eq!(act("", json!({"act": "confirm", "revision": 0})).await.0, 403);
    assert_eq!(act(&kari, json!({"act": "tull", "revision": 0})).await.0, 422);
    assert_eq!(
        act(&kari, json!({"act": "resolve", "revision": 0, "document": "finnes-ikke", "note": "x"})).await.0,
        422
    );
    let (status, record) =
        act(&kari, json!({"act": "resolve", "revision": 0, "document": "TRR-2022-99701", "note": "Fast praksis."}))
            .await;
    assert_eq!((status, &record["status"]), (200, &json!("resolved")));
    assert_eq!(record["resolved_by"], json!({"document": "TRR-2022-99701", "why": "Fast praksis."}));
    assert_eq!(act(&kari, json!({"act": "confirm", "revision": 0})).await.0, 409);
    assert_eq!(act(&kari, json!({"act": "reopen", "revision": 1})).await.1["status"], "open");
    let resolved: Value = server
        .client
        .get(format!("{}/api/v1/conflicts?status=open", server.address))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert!(resolved.as_array().unwrap().iter().any(|view| view["id"] == id));
    let openapi = server.text("/api/v1/openapi.json").await;
    assert!(openapi.contains("/api/v1/conflicts/{id}/acts"));
}

#[tokio::test]
async fn the_pages_show_practice_and_send_it_on() {
    let base = Base::new();
    base.ingest();
    let server = base.serve();
    let register = server.text("/praksis").await;
    assert!(register.contains("Trygderetten mot rundskriv") && register.contains("Klageinstansen mot rundskriv"));
    let id = base.conflict_on("ftrl. § 8-7")["id"].as_str().unwrap().to_owned();
    let narrowed = server.text("/praksis?benefit=ENF_ENF&type=appeals_vs_circular&status=open&age=30").await;
    assert!(narrowed.contains("15-11") && !narrowed.contains(&id));
    assert_eq!(server.page("/praksis?status=tull").await.0, 422);
    assert_eq!(server.page("/praksis/strid/finnes-ikke").await.0, 404);

    let conflict = server.text(&format!("/praksis/strid/{id}")).await;
    assert!(conflict.contains("<mark>") && conflict.contains("Tidslinje") && conflict.contains("TRR-2022-99701"));

    let provision = server.text("/praksis/bestemmelse/lov/1997-02-28-19/%C2%A78-7").await;
    assert!(
        provision.contains("3 avgjørelser i basen") && provision.contains("Endret på nye opplysninger"),
        "{provision}"
    );
    let (first, second) =
        (provision.find("klageinstans: Annenby").unwrap(), provision.find("klageinstans: Prøveby").unwrap());
    assert!(first < second, "offices stand in alphabetical order");
    assert!(provision.contains("undersøkt medlemmet på legekontoret"), "the circular stands beside");

    let flytting = base.conflict_on("ftrl. § 15-11")["id"].as_str().unwrap().to_owned();
    let circular = server.text("/praksis/rundskriv/R15-97").await;
    assert!(
        circular.contains("KA-2022-9973") && circular.contains(&format!("/praksis/strid/{flytting}")),
        "{circular}"
    );
    let markdown = server.text("/praksis/rundskriv/R15-97?format=md").await;
    assert!(markdown.contains("Fraviker: 1. Følger: 0. Tar ikke stilling: 0."), "{markdown}");
    let word =
        server.client.get(format!("{}/praksis/rundskriv/R15-97?format=docx", server.address)).send().await.unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(word.bytes().await.unwrap())).unwrap();
    let mut xml = String::new();
    archive.by_name("word/document.xml").unwrap().read_to_string(&mut xml).unwrap();
    assert!(xml.contains("KA-2022-9973"));
    assert_eq!(server.page("/praksis/rundskriv/TRR-2022-99701").await.0, 404);

    let bundle = server.text("/praksis/bunke?provision=lov/1997-02-28-19/%C2%A78-7&format=md").await;
    assert!(
        bundle.contains("TRR-2022-99701") && bundle.contains("KA-2022-9971") && !bundle.contains("KA-2023-9972"),
        "{bundle}"
    );
    assert_eq!(server.page("/praksis/bunke").await.0, 422);

    let news = server.text("/praksis/nytt").await;
    assert!(news.contains("Nye konflikter"));
    let feed: atom_syndication::Feed = server.text("/praksis/nytt.atom?benefit=ENF_ENF").await.parse().unwrap();
    assert_eq!(feed.entries.len(), 1);
    assert!(feed.entries[0].links[0].href.contains("/praksis/strid/"));
    let none: atom_syndication::Feed = server.text("/praksis/nytt.atom?provision=%C2%A7%204-10").await.parse().unwrap();
    assert!(none.entries.is_empty());
}

#[tokio::test]
async fn a_clarification_becomes_a_source() {
    let base = Base::new();
    base.ingest();
    let server = base.serve();
    let kari = server.choose("Kari", "coordinator").await;
    let id = base.conflict_on("ftrl. § 8-7")["id"].as_str().unwrap().to_owned();
    let fields = [
        ("revision", "0"),
        ("question", "Holder det med legetime på telefon?"),
        ("provisions", "ftrl. § 8-7"),
        ("benefits", "SYK_SYK"),
        ("owner", "Prøvedirektoratet"),
        ("interim", "Inntil videre godtas legeerklæring etter videokonsultasjon med fastlegen."),
        ("conflict", &id),
    ];
    let response = server.form(&kari, "/praksis/avklaringer", &fields).await;
    assert_eq!(response.status(), 303);
    let path = response.headers()[LOCATION].to_str().unwrap().to_owned();
    let page = server.text(&path).await;
    assert!(page.contains("42 dager igjen") && page.contains("Prøvedirektoratet"), "{page}");
    assert_eq!(server.record(&id).await["clarifications"].as_array().unwrap().len(), 1);

    let number = path.rsplit('/').next().unwrap();
    let document = server.text(&format!("/dokument/{number}")).await;
    assert!(document.contains("videokonsultasjon med fastlegen"));
    let url = format!("{}/api/v1/search?q=videokonsultasjon+fastlegen", server.address);
    let found: Value = server.client.get(url).send().await.unwrap().json().await.unwrap();
    assert!(found.to_string().contains(number), "{found:#}");

    // A signal on a ruling.
    let back = format!("/praksis/strid/{id}");
    let signal = [("document", "TRR-2022-99701"), ("kind", "watch"), ("revision", "0"), ("back", back.as_str())];
    assert_eq!(server.form(&kari, "/praksis/merke", &signal).await.status(), 303);
    assert_eq!(server.form(&kari, "/praksis/merke", &signal).await.status(), 409);
    assert!(server.text(&back).await.contains("følg med på neste"));
}
