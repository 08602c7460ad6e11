//! Secrets that this server gives out: 256 random bits as text, known to the store by their SHA-256.

use sha2::{Digest as _, Sha256};

use crate::server::{random, store::accounts::Digest};

/// How an API key begins: whoever finds one knows what it is, and so do tools that look for leaked secrets.
pub const KEY_PREFIX: &str = "lg_";
/// Of a key, what is shown to tell keys apart.
const SHOWN_CHARS: usize = 9;

pub fn new() -> String {
    random::bytes::<32>().iter().fold(String::with_capacity(64), |text, byte| format!("{text}{byte:02x}"))
}

pub fn new_key() -> String {
    format!("{KEY_PREFIX}{}", new())
}

pub fn shown(key: &str) -> String {
    key.chars().take(SHOWN_CHARS).collect()
}

pub fn digest(secret: &str) -> Digest {
    Sha256::digest(secret.as_bytes()).into()
}
