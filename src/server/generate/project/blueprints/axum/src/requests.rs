//! What handlers ask of a request: its body, its parameters, the id of its address. What is not as it should be is a problem.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request as HttpRequest};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::fields::{Key, Rule};
use crate::problems::{FieldProblem, MAX_ERRORS, Problem};
use crate::schemas::Request;

/// The properties of a request, one after the other. A [`Reader`] takes them out of one; the other
/// implementation writes them down for /openapi.json (`openapi`). So the two cannot differ.
pub trait Properties {
    /// None: it is missing or wrong.
    fn required<R: Rule>(&mut self, name: &'static str, rule: &R) -> Option<R::Value>;

    /// Some(None): it was left out, or is null.
    fn optional<R: Rule>(&mut self, name: &'static str, rule: &R) -> Option<Option<R::Value>>;

    /// What is left out has this value.
    fn or_else<R>(&mut self, name: &'static str, rule: &R, value: R::Value) -> Option<R::Value>
    where
        R: Rule,
        R::Value: Serialize;

    /// Says something of the property before.
    fn about(&mut self, _text: &str) {}

    /// An example for the property before.
    fn example(&mut self, _value: impl Into<Value>) {}

    /// The property before holds ids of what is listed at the path, and answers show it by that name.
    fn refers_to(&mut self, _path: &str, _shown_as: &str) {}
}

/// Takes properties out of a request, and notes what is wrong with them.
pub struct Reader {
    values: Map<String, Value>,
    is_text: bool,
    errors: Vec<FieldProblem>,
}

impl Reader {
    pub fn read<T: Request>(values: Map<String, Value>, is_text: bool) -> Result<T, Problem> {
        let mut reader = Self { values, is_text, errors: Vec::new() };
        let request = T::read(&mut reader);
        let what = if is_text { "parameter" } else { "property" };
        let what = format!("There is no such {what}.");
        for (name, _) in std::mem::take(&mut reader.values).into_iter().take(MAX_ERRORS) {
            reader.errors.push(FieldProblem { field: name, message: what.clone() });
        }
        match request {
            Some(request) if reader.errors.is_empty() => Ok(request),
            _ => Err(Problem::invalid(reader.errors)),
        }
    }

    fn check<R: Rule>(&mut self, name: &str, rule: &R, value: &Value) -> Option<R::Value> {
        let read = match value {
            Value::String(text) if self.is_text => rule.read_text(text),
            _ => rule.read(value),
        };
        let fault = match read {
            Ok(value) => return Some(value),
            Err(fault) => fault,
        };
        let field = fault.item.map_or_else(|| name.to_owned(), |item| format!("{name}.{item}"));
        self.errors.push(FieldProblem { field, message: fault.message });
        None
    }
}

impl Properties for Reader {
    fn required<R: Rule>(&mut self, name: &'static str, rule: &R) -> Option<R::Value> {
        let Some(value) = self.values.shift_remove(name) else {
            self.errors.push(FieldProblem { field: name.into(), message: "Is required".into() });
            return None;
        };
        self.check(name, rule, &value)
    }

    fn optional<R: Rule>(&mut self, name: &'static str, rule: &R) -> Option<Option<R::Value>> {
        match self.values.shift_remove(name) {
            None | Some(Value::Null) => Some(None),
            Some(value) => self.check(name, rule, &value).map(Some),
        }
    }

    fn or_else<R>(&mut self, name: &'static str, rule: &R, value: R::Value) -> Option<R::Value>
    where
        R: Rule,
        R::Value: Serialize,
    {
        match self.values.shift_remove(name) {
            None => Some(value),
            Some(value) => self.check(name, rule, &value),
        }
    }
}

/// The body of a request.
pub struct Body<T>(pub T);

impl<T: Request, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: HttpRequest, state: &S) -> Result<Self, Problem> {
        let is_json = is_json(request.headers());
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        if !is_json {
            let detail = "Should be JSON, with the header `Content-Type: application/json`";
            return Err(Problem::of_field(StatusCode::UNPROCESSABLE_ENTITY, "body", detail));
        }
        if bytes.is_empty() {
            let detail = "Is required";
            return Err(Problem::of_field(StatusCode::UNPROCESSABLE_ENTITY, "body", detail));
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(values)) => Reader::read(values, false).map(Self),
            Ok(_) => {
                let detail = "Should be an object";
                Err(Problem::of_field(StatusCode::UNPROCESSABLE_ENTITY, "body", detail))
            }
            Err(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "The body is no JSON.")),
        }
    }
}

/// What says nothing of its kind is taken for JSON.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else { return true };
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

pub fn unreadable(rejection: BytesRejection) -> Problem {
    match rejection.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => Problem::new(StatusCode::BAD_REQUEST, "The body cannot be read."),
    }
}

/// The parameters of a request; of one that is given twice the last counts.
pub struct Params<T>(pub T);

impl<T: Request, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let values = pairs(parts)?.into_iter().map(|(name, text)| (name, Value::from(text)));
        Reader::read(values.collect(), true).map(Self)
    }
}

/// There are no parameters.
pub struct NoParams;

impl<S: Send + Sync> FromRequestParts<S> for NoParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some((name, _)) = pairs(parts)?.into_iter().next() else { return Ok(Self) };
        let detail = "There is no such parameter.";
        Err(Problem::of_field(StatusCode::UNPROCESSABLE_ENTITY, &name, detail))
    }
}

fn pairs(parts: &Parts) -> Result<Vec<(String, String)>, Problem> {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
    let detail = "The parameters cannot be read.";
    pairs.map(|Query(pairs)| pairs).map_err(|_| Problem::new(StatusCode::BAD_REQUEST, detail))
}

/// The id in the address.
pub struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| Problem::not_found("thing"))?;
        let (name, text) = params.iter().next().unwrap_or_default();
        Key.read(&Value::from(text)).map(Self).map_err(|fault| {
            Problem::of_field(StatusCode::UNPROCESSABLE_ENTITY, name, &fault.message)
        })
    }
}

/// An answer to what was added: 201, with its address.
pub fn created<T: Serialize>(location: String, answer: T) -> impl IntoResponse {
    (StatusCode::CREATED, [(header::LOCATION, location)], Json(answer))
}
