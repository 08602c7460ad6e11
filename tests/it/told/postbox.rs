//! Somebody's mail server: a small one on loopback, that speaks TLS when it is told to, and remembers everything that it heard.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::TlsAcceptor;

use crate::harness::within;

/// How a conversation is protected.
#[derive(Clone)]
pub enum Guard {
    Nothing,
    /// TLS from the first byte on.
    Wrapped(TlsAcceptor),
    /// TLS after STARTTLS; signing in is offered before too, to whoever falls for it.
    Upgraded(TlsAcceptor),
}

/// What was said to the server, and the text after DATA as it came, dots taken off.
#[derive(Debug)]
pub struct Mail {
    pub commands: Vec<String>,
    pub text: String,
}

/// A line that a client said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub line: String,
    pub protected: bool,
}

pub struct Postbox {
    pub address: SocketAddr,
    mails: mpsc::UnboundedReceiver<Mail>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

struct Desk {
    guard: Guard,
    answers: Mutex<Vec<u16>>,
    heard: Arc<Mutex<Vec<Heard>>>,
    tell: mpsc::UnboundedSender<Mail>,
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

impl Postbox {
    pub async fn start(answers: &[u16]) -> Self {
        Self::guarded(answers, Guard::Nothing).await
    }

    /// Answers each mail's end with the next number; the last stays.
    pub async fn guarded(answers: &[u16], guard: Guard) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, mails) = mpsc::unbounded_channel();
        let heard = Arc::default();
        let desk = Arc::new(Desk { guard, answers: Mutex::new(answers.to_vec()), heard: Arc::clone(&heard), tell });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&desk).receive(stream));
            }
        });
        Self { address, mails, heard }
    }

    pub async fn next(&mut self) -> Mail {
        within("a mail", self.mails.recv()).await.unwrap()
    }

    pub fn is_empty(&mut self) -> bool {
        self.mails.try_recv().is_err()
    }

    /// Every line of every conversation.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

impl Desk {
    async fn receive(self: Arc<Self>, stream: TcpStream) -> std::io::Result<()> {
        match &self.guard {
            Guard::Wrapped(acceptor) => self.converse(Box::new(acceptor.accept(stream).await?), true).await,
            Guard::Nothing | Guard::Upgraded(_) => self.converse(Box::new(stream), false).await,
        }
    }

    async fn converse(&self, stream: Box<dyn Wire>, mut protected: bool) -> std::io::Result<()> {
        let mut stream = BufStream::new(stream);
        let mut commands = Vec::new();
        let mut say = "220 here\r\n".to_owned();
        loop {
            stream.write_all(say.as_bytes()).await?;
            stream.flush().await?;
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end().to_owned();
            self.heard.lock().unwrap().push(Heard { line: line.clone(), protected });
            let word = line.split_whitespace().next().unwrap_or_default().to_owned();
            commands.push(line);
            say = match (word.as_str(), &self.guard) {
                ("EHLO", Guard::Upgraded(_)) if !protected => "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n".into(),
                ("EHLO", _) => "250-here\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n".into(),
                ("STARTTLS", Guard::Upgraded(acceptor)) if !protected => {
                    stream.write_all(b"220 go ahead\r\n").await?;
                    stream.flush().await?;
                    stream = BufStream::new(Box::new(acceptor.accept(stream.into_inner()).await?));
                    protected = true;
                    // The client speaks first now.
                    String::new()
                }
                ("AUTH", _) => "235 welcome\r\n".into(),
                ("MAIL" | "RCPT", _) => "250 fine\r\n".into(),
                ("DATA", _) => {
                    stream.write_all(b"354 go on\r\n").await?;
                    stream.flush().await?;
                    let text = text(&mut stream).await?;
                    self.tell.send(Mail { commands: commands.clone(), text }).unwrap();
                    let mut answers = self.answers.lock().unwrap();
                    let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0] };
                    format!("{answer} as told\r\n")
                }
                ("QUIT", _) => "221 bye\r\n".into(),
                _ => "500 what?\r\n".into(),
            };
        }
    }
}

async fn text(stream: &mut BufStream<Box<dyn Wire>>) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        if line == ".\r\n" {
            return Ok(text);
        }
        text += line.strip_prefix('.').unwrap_or(&line);
    }
}

impl Mail {
    pub fn header(&self, name: &str) -> &str {
        let head = self.text.split("\r\n\r\n").next().unwrap();
        let fits = |line: &&str| line.to_lowercase().starts_with(&format!("{}:", name.to_lowercase()));
        let mut found = head.split("\r\n").filter(fits);
        let line = found.next().unwrap_or_else(|| panic!("no {name} in {head}"));
        assert!(found.next().is_none(), "{name} twice in {head}");
        line.split_once(": ").unwrap().1
    }

    /// What is read, without what the way of encoding it adds.
    pub fn body(&self) -> String {
        self.text.split_once("\r\n\r\n").unwrap().1.replace("=\r\n", "").replace("=3D", "=")
    }

    /// The token of the link in a confirmation mail.
    pub fn token(&self) -> String {
        let body = self.body();
        let (_, rest) = body.split_once("/account/confirm?token=").unwrap_or_else(|| panic!("no link in {body}"));
        rest.chars().take_while(char::is_ascii_alphanumeric).collect()
    }
}

/// An authority of one's own, in a file that goes with the test.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: tempfile::TempDir,
}

impl Authority {
    pub fn named(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), parameters.self_signed(&key).unwrap().pem()).unwrap();
        Self { issuer: Issuer::new(parameters, key), folder }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// What speaks TLS with a certificate for this name.
    pub fn certify(&self, name: &str) -> TlsAcceptor {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}
