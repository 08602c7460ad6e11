//! Somebody's webhook: reads one request a connection, answers as told, and checks signatures by arithmetic of its own.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

use crate::harness::within;

#[derive(Clone, Copy)]
pub enum Reply {
    Status(u16),
    With(u16, &'static str),
    /// Says nothing until the other side goes.
    Silence,
}

#[derive(Debug)]
pub struct Received {
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

pub struct Receiver {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    received: mpsc::UnboundedReceiver<Received>,
}

impl Receiver {
    /// The last reply stays.
    pub async fn start(replies: &[Reply]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, received) = mpsc::unbounded_channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let (counted, replies) = (Arc::clone(&connections), replies.to_vec());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(answer(stream, replies[number.min(replies.len() - 1)], tell.clone()));
            }
        });
        Self { address, connections, received }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks/livegen?key=path-secret", self.address)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub async fn next(&mut self) -> Received {
        within("a message", self.received.recv()).await.unwrap()
    }
}

async fn answer(mut stream: TcpStream, reply: Reply, tell: mpsc::UnboundedSender<Received>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    let headers: HashMap<_, _> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    stream.read_exact(&mut body).await?;
    assert!(head.starts_with("POST "), "{head}");
    tell.send(Received { path: head.split(' ').nth(1).unwrap().into(), headers, body }).unwrap();
    let (status, more) = match reply {
        Reply::Status(status) => (status, ""),
        Reply::With(status, more) => (status, more),
        Reply::Silence => {
            let _ = stream.read_u8().await;
            return Ok(());
        }
    };
    let text = format!("HTTP/1.1 {status} As Told\r\n{more}content-length: 5\r\nconnection: close\r\n\r\nhello");
    stream.write_all(text.as_bytes()).await
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    /// How many of the signatures fit the secret.
    pub fn signed_by(&self, secret: &str) -> usize {
        let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret says what it is")).unwrap();
        assert_eq!(key.len(), 24);
        let mut signed = format!("{}.{}.", self.id(), self.headers["webhook-timestamp"]).into_bytes();
        signed.extend_from_slice(&self.body);
        let expected = format!("v1,{}", BASE64_STANDARD.encode(hmac_sha256(&key, &signed)));
        self.headers["webhook-signature"].split(' ').filter(|signature| **signature == expected).count()
    }
}

/// RFC 2104, for keys of at most one block.
fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let pad = |with: u8| -> Vec<u8> { (0..64).map(|index| key.get(index).copied().unwrap_or(0) ^ with).collect() };
    let inner = Sha256::digest([pad(0x36), message.to_vec()].concat());
    Sha256::digest([pad(0x5c), inner.to_vec()].concat()).to_vec()
}
