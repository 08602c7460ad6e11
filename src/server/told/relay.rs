//! The way to the mail server: protected as the settings say, and in words why a mail was not taken.
//!
//! Guarantees: where TLS is asked for, no password and no mail goes to a server without it, or to one whose certificate is not
//! trusted or is of another name. What the server says is not repeated, for it may repeat an address; its number is enough.

use std::{error::Error, io, time::Duration};

use anyhow::Context;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{
        self,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use rustls::pki_types::{CertificateDer, pem::PemObject};

use super::schedule::Came;
use crate::server::{config::MailSettings, fetch::install_crypto, inert::clean_text, model::Keys, store::outbox::Answer};

/// The variable that holds the password.
pub const PASSWORD_VARIABLE: &str = "SMTP_PASSWORD";
/// For one step of the conversation, and for all of it.
const STEP: Duration = Duration::from_secs(15);
const WHOLE: Duration = Duration::from_mins(1);
const MAX_CAUSE_CHARS: usize = 200;

/// Cheap to clone.
#[derive(Clone)]
pub struct Relay {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Relay {
    /// # Errors
    /// In words, when the settings cannot be used.
    pub fn from_settings(settings: &MailSettings, keys: &Keys) -> anyhow::Result<Self> {
        install_crypto();
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.url).context("setting mail.url")?.timeout(Some(STEP));
        if !settings.ca_file.is_empty() {
            builder = builder.tls(trusting(settings).with_context(|| format!("setting mail.ca_file ({})", settings.ca_file))?);
        }
        if let (Some(user), Some(password)) = (settings.user(), keys.get(PASSWORD_VARIABLE)) {
            builder = builder.credentials(Credentials::new(user, password.reveal().to_owned()));
        }
        Ok(Self { transport: builder.build() })
    }

    /// # Cancel safety
    /// Dropping the future breaks the conversation off; the server may have taken the mail.
    pub(super) async fn send(&self, message: Message) -> (Answer, Came) {
        match tokio::time::timeout(WHOLE, self.transport.send(message)).await {
            Ok(Ok(_)) => (Answer { status: Some(250), error: None }, Came::Status { status: 200, retry_after: None }),
            Ok(Err(error)) => {
                let status = error.status().map(u16::from);
                let came = if error.is_permanent() { Came::Refused } else { Came::Nothing };
                let why = why(&error);
                tracing::warn!(status, permanent = error.is_permanent(), why, "a mail was not taken");
                (Answer { status, error: Some(why) }, came)
            }
            Err(_) => (Answer { status: None, error: Some(TOO_LONG.into()) }, Came::Nothing),
        }
    }
}

const TOO_LONG: &str = "The mail server took too long.";

/// TLS as the address asks for it, with the authorities of the file besides those of the system.
fn trusting(settings: &MailSettings) -> anyhow::Result<Tls> {
    let pem = std::fs::read(&settings.ca_file)?;
    let authorities: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|_| anyhow::anyhow!("this is no PEM"))?;
    anyhow::ensure!(!authorities.is_empty(), "there is no certificate in it");
    let mut parameters = TlsParameters::builder(settings.host());
    for authority in authorities {
        parameters = parameters.add_root_certificate(Certificate::from_der(authority.to_vec())?);
    }
    let parameters = parameters.build()?;
    Ok(if settings.is_wrapped() { Tls::Wrapper(parameters) } else { Tls::Required(parameters) })
}

/// For whoever runs the server, who can do something about it.
fn why(error: &smtp::Error) -> String {
    if let Some(status) = error.status() {
        return format!("The mail server answered with {status}.");
    }
    if error.is_timeout() {
        return TOO_LONG.into();
    }
    let cause = |text: String| clean_text(&text).chars().filter(|c| *c != '\n').take(MAX_CAUSE_CHARS).collect::<String>();
    if let Some(tls) = tls_fault(error) {
        return format!("There is no trusted TLS connection to the mail server: {}.", cause(tls.to_string()));
    }
    match error.source() {
        // What the library misses: STARTTLS, a way to sign in, letters beyond ASCII.
        Some(source) if error.is_client() => format!("The mail server lacks something: {}.", cause(source.to_string())),
        _ => "The mail server could not be talked to.".into(),
    }
}

/// TLS' own words. The library calls a handshake that fails a connection that does.
fn tls_fault<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(fault) = error.downcast_ref() {
            return Some(fault);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}
