//! Mail: a plain text about a task that has ended, or one that asks whether an address is somebody's, to one recipient.
//!
//! What a task is called is somebody's input: line breaks and control characters are gone before it becomes a header, and the library
//! encodes what is not ASCII. Leaves out: HTML, attachments, and finding out whether what was taken is read. The way to the server is
//! in [`relay`](super::relay).

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Message,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

use super::{relay::Relay, schedule::Came};
use crate::{
    protocol::{Status, TaskSummary, Timestamp},
    server::{config::MailSettings, inert::clean_text, model::Keys, store::outbox::Answer},
};

const MAX_TITLE_CHARS: usize = 150;
const MAX_MESSAGE_CHARS: usize = 1_000;

/// Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    relay: Relay,
    from: Mailbox,
    /// Without a slash at the end.
    home: String,
}

/// Where a mail goes, and what it is known by.
pub(super) struct Envelope<'a> {
    pub to: &'a str,
    /// The same at every attempt, so that a mail that was taken twice is shown once.
    pub message_id: &'a str,
    pub at: Timestamp,
}

/// What a mail says.
struct Text {
    subject: String,
    body: String,
}

impl Mailer {
    /// None without an address of a server.
    ///
    /// # Errors
    /// In words, when the settings cannot be used.
    pub fn from_settings(settings: &MailSettings, keys: &Keys, public_url: &str) -> anyhow::Result<Option<Self>> {
        if settings.url.is_empty() {
            return Ok(None);
        }
        let from = settings.from.parse().map_err(|error| anyhow::anyhow!("setting mail.from: {error}"))?;
        Ok(Some(Self { relay: Relay::from_settings(settings, keys)?, from, home: public_url.to_owned() }))
    }

    /// Tells how a task has ended.
    pub(super) async fn tell(&self, envelope: Envelope<'_>, task: &TaskSummary) -> (Answer, Came) {
        self.send(envelope, self.ending(task)).await
    }

    /// Asks for a confirmation by a link that holds `token`.
    pub(super) async fn ask(&self, envelope: Envelope<'_>, token: &str) -> (Answer, Came) {
        let text = self.question(envelope.to, token);
        self.send(envelope, text).await
    }

    /// # Cancel safety
    /// As [`Relay::send`].
    async fn send(&self, envelope: Envelope<'_>, text: Text) -> (Answer, Came) {
        match self.message(&envelope, text) {
            Ok(message) => self.relay.send(message).await,
            Err(error) => {
                let error = Some(format!("The mail could not be written: {error}."));
                (Answer { status: None, error }, Came::Refused)
            }
        }
    }

    fn ending(&self, task: &TaskSummary) -> Text {
        let title = line(&task.title);
        let (mark, sentence) = match task.status {
            Status::Completed => ("Done", "is done"),
            Status::Failed => ("Failed", "has failed"),
            _ => ("Cancelled", "was cancelled"),
        };
        let said: String = clean_text(&task.message).chars().take(MAX_MESSAGE_CHARS).collect();
        let (home, task_id) = (&self.home, task.task_id);
        let body = format!(
            "{title} {sentence}.\n\n{said}\n\n{home}/tasks/{task_id}\n\n-- \nLivegen sends you this because you asked to be told when a task ends. Switch it off at {home}/account\n"
        );
        Text { subject: format!("{mark}: {title}"), body }
    }

    fn question(&self, address: &str, token: &str) -> Text {
        let home = &self.home;
        let body = format!(
            "An account was registered with the address {address} at {home}.\n\nIf it is yours, confirm the address within a day:\n\n{home}/account/confirm?token={token}\n\nIf it is not, there is nothing to do: no other mails are sent to an address that is not confirmed.\n"
        );
        Text { subject: "Confirm your address for Livegen".into(), body }
    }

    fn message(&self, envelope: &Envelope<'_>, text: Text) -> anyhow::Result<Message> {
        let at = UNIX_EPOCH + Duration::from_micros(u64::try_from(envelope.at.as_micros()).unwrap_or(0));
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, envelope.to.parse()?))
            .subject(text.subject)
            .date(at)
            .message_id(Some(format!("<{}@{}>", envelope.message_id, self.from.email.domain())))
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()))
            .header(ContentType::TEXT_PLAIN);
        Ok(message.body(text.body)?)
    }
}

/// In one line.
fn line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    words.chars().take(MAX_TITLE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Kind, TaskId};

    #[test]
    fn a_title_is_one_header_and_nothing_else() {
        let settings =
            MailSettings { url: "smtp://127.0.0.1:25".into(), from: "Livegen <livegen@example.org>".into(), ..Default::default() };
        let mailer = Mailer::from_settings(&settings, &Keys::default(), "https://livegen.example.org").unwrap().unwrap();
        let mut task = TaskSummary {
            task_id: TaskId::from_parts(Timestamp::default(), &[1; 10]),
            kind: Kind::TestSuite,
            title: String::new(),
            source: String::new(),
            status: Status::Failed,
            progress: 10,
            message: "It broke.\r\n.\r\nQUIT".into(),
            attempt: 1,
            created_at: Timestamp::default(),
            started_at: None,
            finished_at: None,
            seq: 3,
        };
        let envelope = Envelope { to: "ada@example.org", message_id: "msg_1", at: Timestamp::default() };
        for title in [
            "x\r\nBcc: eve@example.org",
            "x\nBcc: eve@example.org\n\nbody",
            "x\u{2028}Bcc: eve@example.org",
            "x\u{85}Bcc: eve@example.org",
            "Grüße\r\n\tBcc: eve@example.org",
            "=?utf-8?q?x=0D=0ABcc:_eve=40example.org?=",
        ] {
            task.title = title.into();
            let message = mailer.message(&envelope, mailer.ending(&task)).unwrap();
            let text = String::from_utf8(message.formatted()).unwrap();
            let head = text.split("\r\n\r\n").next().unwrap();
            let names: Vec<_> = head.lines().filter(|line| !line.starts_with(' ')).map(|line| line.split(':').next().unwrap()).collect();
            assert!(names.iter().all(|name| !name.eq_ignore_ascii_case("bcc")), "{head}");
            assert_eq!(names.len(), 8, "{head}");
            let to: Vec<_> = message.envelope().to().iter().map(ToString::to_string).collect();
            assert_eq!(to, ["ada@example.org"]);
        }
        let forged = Envelope { to: "ada@example.org\r\nRCPT TO:<eve@example.org>", ..envelope };
        assert!(mailer.message(&forged, mailer.ending(&task)).is_err());
    }
}
