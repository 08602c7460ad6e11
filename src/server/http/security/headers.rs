//! Response headers that take powers away from pages.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};

/// Set on every response that does not set them itself.
const FIXED: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    // Not `no-referrer`: with that, browsers send `Origin: null` with our own forms, and the origin check refuses them.
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
    ),
    ("x-permitted-cross-domain-policies", "none"),
    // For answers that are no page: should a browser render one all the same, it can do nothing. Pages set their own.
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"),
];

/// For `axum::middleware::from_fn(fixed_headers)`, outermost, so that refusals have them too.
pub async fn fixed_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    add_missing(response.headers_mut());
    response
}

fn add_missing(headers: &mut HeaderMap) {
    for (name, value) in FIXED {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
}

/// The policy of a page whose scripts carry `nonce`.
///
/// `strict-dynamic` lets a script with the nonce load our WASM bundle and makes browsers ignore `'self'`, which stands for those that
/// do not know it: otherwise an injected `<script src>` could run a generated file that we serve. `'self'` covers same-origin
/// sockets. Inline styles are refused, `style="…"` in the HTML included.
pub fn content_security_policy(nonce: &str) -> String {
    // Only what can stand in a nonce: a semicolon would begin another directive.
    let nonce: String = nonce.chars().filter(|c| c.is_ascii_alphanumeric() || "+/-_=".contains(*c)).collect();
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// The policy while developing: cargo-leptos announces rebuilds on a socket of its own.
pub fn with_live_reload(policy: &str, port: u16) -> String {
    policy.replace("connect-src 'self'", &format!("connect-src 'self' ws://127.0.0.1:{port} ws://localhost:{port}"))
}
