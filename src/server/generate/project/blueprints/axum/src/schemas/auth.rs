//! Accounts and tokens in requests and answers. Their names in /openapi.json begin with `Auth`, so that they are nobody else's.

use uuid::Uuid;

use crate::fields::{Email, Instant, Text};
use crate::models::auth::Account;
use crate::requests::Properties;
use crate::schemas::{Request, answer};

/// Who wants an account.
#[derive(Clone)]
pub struct Registration {
    pub email: String,
    pub password: String,
}

impl Request for Registration {
    const NAME: &'static str = "AuthRegistration";
    const ABOUT: &'static str = "Who wants an account.";

    fn read(from: &mut impl Properties) -> Option<Self> {
        let email = from.required("email", &Email::ANY);
        from.example("reader@example.com");
        let password = from.required("password", &Text::new(10, 128));
        from.example("correct horse battery");
        Some(Self { email: email?, password: password? })
    }
}

/// Who wants to sign in.
#[derive(Clone)]
pub struct Credentials {
    pub email: String,
    pub password: String,
}

impl Request for Credentials {
    const NAME: &'static str = "AuthCredentials";
    const ABOUT: &'static str = "Who wants to sign in.";

    fn read(from: &mut impl Properties) -> Option<Self> {
        let email = from.required("email", &Email::ANY);
        from.example("reader@example.com");
        let password = from.required("password", &Text::new(1, 128));
        from.example("correct horse battery");
        Some(Self { email: email?, password: password? })
    }
}

/// Who wants to sign out.
#[derive(Clone)]
pub struct Revocation {
    pub token: String,
}

impl Request for Revocation {
    const NAME: &'static str = "AuthRevocation";
    const ABOUT: &'static str = "Who wants to sign out.";

    fn read(from: &mut impl Properties) -> Option<Self> {
        let token = from.required("token", &Text::new(1, 200));
        from.example("a-token-that-was-given-out");
        Some(Self { token: token? })
    }
}

answer! {
    /// An account, without its secrets.
    pub struct AccountOutput as "AuthAccountOutput" {
        pub id: Uuid,
        pub email: String,
        pub created_at: Instant,
    }
}

impl From<Account> for AccountOutput {
    fn from(account: Account) -> Self {
        Self { id: account.id, email: account.email, created_at: account.created_at }
    }
}

answer! {
    /// What to send as `Authorization: Bearer …`.
    pub struct TokenOutput as "AuthTokenOutput" {
        pub access_token: String,
        pub token_type: String,
        pub expires_at: Instant,
    }
}
