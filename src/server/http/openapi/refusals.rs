//! What requests are refused with: one response of the description a status, all of them problems (RFC 9457).

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses,
    openapi::{Components, ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, schema::Type},
};

type Refusal = (&'static str, &'static str, &'static str);

/// Those that an operation names itself.
macro_rules! named {
    ($($name:ident $status:literal $text:literal)+) => {
        const NAMED: &[Refusal] = &[$((stringify!($name), $status, $text)),+];
        $(
            #[doc = $text]
            pub struct $name;

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    BTreeMap::from([refer(stringify!($name), $status)])
                }
            }
        )+
    };
}

named! {
    TooFewTokens "402" "The account has too few tokens, or its subscription has ended. `tokens` has the numbers."
    NotFound "404" "There is no such thing, or it belongs to another account."
    Conflict "409" "Not possible in the present state."
    NotOfThisKind "415" "The content type is not one that is understood here."
    Unacceptable "422" "Well-formed, but not acceptable. `errors` names each field and what is wrong with it."
    UpgradeRequired "426" "This is a WebSocket, and the request does not ask for one."
}

/// What any request may be answered with.
const ANY: &[Refusal] = &[
    ("Unauthorized", "401", "A key, ticket or password was sent that is not good, or no longer."),
    ("Forbidden", "403", "The key's scopes do not reach this far, or a page of another origin asks."),
    ("TookTooLong", "408", "The request did not arrive in time."),
    ("Misdirected", "421", "The server does not answer for the host that was asked for."),
    ("TooMany", "429", "A limit is reached. `Retry-After` says for how long."),
    ("Internal", "500", "Something went wrong on the server. Nothing was lost."),
    ("Unavailable", "503", "The server is starting, stopping or full, or its database does not answer. Nothing was changed."),
];

/// And what one with a body may, besides.
const BODY: &[Refusal] = &[
    ("Malformed", "400", "The body is not understood: it is broken, or not of the form that it must have."),
    ("TooLarge", "413", "The request is larger than what is accepted."),
];

fn refer(name: &str, status: &str) -> (String, RefOr<Response>) {
    (status.to_owned(), RefOr::Ref(Ref::from_response_name(name)))
}

/// The refusals that an operation has because it is one.
pub fn of_any(has_body: bool) -> impl Iterator<Item = (String, RefOr<Response>)> {
    let bodies = if has_body { BODY } else { &[] };
    ANY.iter().chain(bodies).map(|(name, status, _)| refer(name, status))
}

/// Puts them where operations refer to.
pub fn declare(components: &mut Components) {
    for (name, status, text) in [NAMED, ANY, BODY].into_iter().flatten() {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let mut response = ResponseBuilder::new().description(*text).content("application/problem+json", content);
        if *status == "429" {
            let seconds =
                HeaderBuilder::new().schema(ObjectBuilder::new().schema_type(Type::Integer)).description(Some("Seconds.")).build();
            response = response.header("Retry-After", seconds);
        }
        components.responses.insert((*name).to_owned(), RefOr::T(response.build()));
    }
}
