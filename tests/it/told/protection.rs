//! TLS to the mail server: with it the password is sent and the mail taken; without it, or with the wrong one, neither.

use std::collections::BTreeMap;

use livegen::server::{
    config::Settings,
    model::Keys,
    told::{mail::Mailer, relay::PASSWORD_VARIABLE},
};

use super::{
    near,
    postbox::{Authority, Guard, Heard, Postbox},
    register,
};
use crate::harness::{Captured, TestServer, within};

const PASSWORD: &str = "hush-hush";
/// base64 of "\0postman\0hush-hush".
const AUTH: &str = "AUTH PLAIN AHBvc3RtYW4AaHVzaC1odXNo";

/// Somebody registers at a server that reaches the postbox by `url`, in which `{}` stands for the port.
async fn registration(postbox: &Postbox, url: &str, ca_file: &str) -> TestServer {
    let variables = BTreeMap::from([(PASSWORD_VARIABLE.to_owned(), PASSWORD.to_owned())]);
    let change = |settings: &mut Settings| {
        near(settings);
        settings.keys = Keys::read([PASSWORD_VARIABLE], &variables);
        settings.mail.url = url.replace("{}", &postbox.address.port().to_string());
        settings.mail.from = "livegen@example.org".into();
        settings.mail.ca_file = ca_file.into();
    };
    let server = TestServer::builder().settings(change).spawn().await;
    register(&server.browser(), "ada@example.org").await;
    server
}

const WRAPPED: &str = "smtps://postman@localhost:{}";
const UPGRADED: &str = "smtp://postman@localhost:{}?tls=required";

fn words(heard: &[Heard]) -> Vec<(&str, bool)> {
    heard.iter().map(|heard| (heard.line.split_whitespace().next().unwrap(), heard.protected)).collect()
}

#[tokio::test]
async fn the_password_and_the_mail_go_through_tls() {
    let authority = Authority::named("ours");
    let acceptor = authority.certify("localhost");
    let inside = [("EHLO", true), ("AUTH", true), ("MAIL", true), ("RCPT", true), ("DATA", true)];
    for (url, guard, before) in [
        (WRAPPED, Guard::Wrapped(acceptor.clone()), &[][..]),
        (UPGRADED, Guard::Upgraded(acceptor), &[("EHLO", false), ("STARTTLS", false)]),
    ] {
        let mut postbox = Postbox::guarded(&[250], guard).await;
        let server = registration(&postbox, url, authority.file().to_str().unwrap()).await;
        assert_eq!(postbox.next().await.header("To"), "ada@example.org");
        let heard = postbox.heard();
        assert_eq!(words(&heard)[..before.len() + inside.len()], [before, &inside].concat(), "{url}");
        assert!(heard.iter().any(|heard| heard.line == AUTH), "{heard:?}");
        server.stop().await;
    }
}

/// What the log says of a mail that was not taken, and what the postbox heard by then.
async fn refusal(guard: Guard, url: &str, ca_file: &str) -> (String, Vec<Heard>) {
    let captured = Captured::begin();
    let mut postbox = Postbox::guarded(&[250], guard).await;
    let server = registration(&postbox, url, ca_file).await;
    let line = within("a refusal", async {
        loop {
            if let Some(line) = captured.text().lines().find(|line| line.contains("a mail was not taken")) {
                return line.to_owned();
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    server.stop().await;
    assert!(postbox.is_empty());
    let heard = postbox.heard();
    assert!(heard.iter().all(|heard| !["AUTH", "MAIL", "RCPT", "DATA"].iter().any(|word| heard.line.starts_with(word))), "{heard:?}");
    assert!(!captured.text().contains(PASSWORD) && !captured.text().contains(&AUTH[11..]));
    (line, heard)
}

#[tokio::test]
async fn a_certificate_of_another_name_or_authority_is_refused() {
    let authority = Authority::named("ours");
    let (known, strange) = (authority.certify("mail.example.org"), Authority::named("theirs").certify("localhost"));
    let file = authority.file();
    let file = file.to_str().unwrap();
    for (acceptor, reason) in [(known, "only valid for DnsName(\\\"mail.example.org\\\")"), (strange, "UnknownIssuer")] {
        for (url, guard) in [(WRAPPED, Guard::Wrapped(acceptor.clone())), (UPGRADED, Guard::Upgraded(acceptor.clone()))] {
            let (line, heard) = refusal(guard, url, file).await;
            assert!(line.contains("There is no trusted TLS connection to the mail server") && line.contains(reason), "{line}");
            assert!(heard.iter().all(|heard| !heard.protected), "nothing was said inside: {heard:?}");
        }
    }
    let (line, _) = refusal(Guard::Wrapped(authority.certify("localhost")), WRAPPED, "").await;
    assert!(line.contains("UnknownIssuer"), "an authority of one's own has to be named: {line}");
}

#[tokio::test]
async fn without_tls_where_it_is_asked_for_no_password_goes_over_the_wire() {
    // It offers to sign in all the same; as does somebody on the way who has cut STARTTLS out.
    let (line, heard) = refusal(Guard::Nothing, UPGRADED, "").await;
    assert!(line.contains("STARTTLS is not supported"), "{line}");
    assert_eq!(heard[0].line.split(' ').next(), Some("EHLO"));
    let (line, heard) = refusal(Guard::Nothing, WRAPPED, "").await;
    assert!(line.contains("There is no trusted TLS connection"), "{line}");
    assert!(heard.iter().all(|heard| !heard.line.contains("EHLO")), "{heard:?}");
}

#[test]
fn a_file_of_authorities_that_is_none_keeps_the_server_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let absent = folder.path().join("absent.pem").to_str().unwrap().to_owned();
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (path, expected) in [
        (absent, "No such file"),
        (file("empty.pem", "not a certificate"), "no certificate in it"),
        (file("cut.pem", "-----BEGIN CERTIFICATE-----\nAAAA"), "no PEM"),
        (file("broken.pem", broken), ""),
    ] {
        let mut settings = Settings::default();
        (settings.mail.url, settings.mail.from) = ("smtps://localhost".into(), "a@example.org".into());
        settings.mail.ca_file = path.clone();
        let error = Mailer::from_settings(&settings.mail, &settings.keys, "").err().map(|error| format!("{error:#}"));
        let error = error.unwrap_or_else(|| panic!("{path} passes"));
        assert!(error.contains("mail.ca_file") && error.contains(&path) && error.contains(expected), "{error}");
    }
}
