//! A correct server of `public/samples/bookshop.yaml`, written by hand from the description and independent of the
//! generator; and the same server with exactly one fault.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::validate;

pub const TOKEN: &str = "the-shop-knows-me";

/// What a broken server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    IgnoresRequired,
    IgnoresEnum,
    IgnoresMaximum,
    IgnoresMaxLength,
    IgnoresPattern,
    IgnoresFormat,
    IgnoresMinItems,
    IgnoresType,
    IgnoresUnexpectedProperty,
    IgnoresRequiredHeader,
    RefusesNull,
    RefusesItsMaximum,
    RefusesAnEnumValue,
    WrongStatus,
    WrongFieldType,
    MissingField,
    WrongContentType,
    MissingHeader,
    BreaksOnUnknownId,
    FindsUnknownId,
    BreaksOnBrokenJson,
    TakesAnyContentType,
    NoAuthCheck,
    TakesAnyToken,
    AllowsMethod,
    NoAllowHeader,
    DeleteDoesNothing,
    PatchDoesNothing,
}

#[derive(Default)]
struct Shelves {
    authors: HashMap<String, Value>,
    books: HashMap<String, Value>,
    reviews: HashMap<String, Vec<Value>>,
    orders: Vec<Value>,
    ids: u64,
}

pub struct Shop {
    fault: Option<Fault>,
    shelves: Mutex<Shelves>,
}

/// Serves a shop on a free port until the runtime ends.
pub async fn open(fault: Option<Fault>) -> SocketAddr {
    let shop = Arc::new(Shop { fault, shelves: Mutex::default() });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(serve).with_state(shop);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A refusal: status and title.
pub struct Refusal(pub u16, pub &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0).unwrap();
        let body = json!({"title": self.1, "status": self.0}).to_string();
        (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
    }
}

async fn serve(State(shop): State<Arc<Shop>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let path = parts.uri.path().trim_matches('/').to_owned();
    let segments: Vec<&str> = path.split('/').collect();
    let allowed: &[&str] = match segments.as_slice() {
        ["books"] | ["books", _, "reviews"] => &["GET", "POST"],
        ["books", _] => &["GET", "PUT", "PATCH", "DELETE"],
        ["authors" | "orders"] => &["POST"],
        ["authors" | "orders", _] => &["GET"],
        _ => return Refusal(404, "no such path").into_response(),
    };
    let method = parts.method.as_str();
    if !allowed.contains(&method) {
        if shop.has(Fault::AllowsMethod) {
            return StatusCode::OK.into_response();
        }
        let mut response = Refusal(405, "no such method").into_response();
        if !shop.has(Fault::NoAllowHeader) {
            response.headers_mut().insert(header::ALLOW, allowed.join(", ").parse().unwrap());
        }
        return response;
    }
    let query: HashMap<String, String> =
        url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    shop.answer(method, &segments, &query, &parts.headers, &body).unwrap_or_else(IntoResponse::into_response)
}

fn answer(status: u16, body: &Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

fn demand(fine: bool, title: &'static str) -> Result<(), Refusal> {
    if fine { Ok(()) } else { Err(Refusal(400, title)) }
}

impl Shop {
    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    fn authorized(&self, method: &str, headers: &HeaderMap) -> Result<(), Refusal> {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let fine = given == Some(&format!("Bearer {TOKEN}"))
            || (self.has(Fault::NoAuthCheck) && method == "DELETE")
            || (self.has(Fault::TakesAnyToken) && given.is_some());
        if fine { Ok(()) } else { Err(Refusal(401, "who asks?")) }
    }

    fn object(&self, headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Refusal> {
        let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if media_type.split(';').next() != Some("application/json") {
            return if self.has(Fault::TakesAnyContentType) { Err(Refusal(201, "whatever it is")) } else { Err(Refusal(415, "only JSON")) };
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => Ok(map),
            Ok(_) => Err(Refusal(400, "no object")),
            Err(_) if self.has(Fault::BreaksOnBrokenJson) => Err(Refusal(500, "cannot read that")),
            Err(_) => Err(Refusal(400, "no JSON")),
        }
    }

    fn answer(
        &self,
        method: &str,
        segments: &[&str],
        query: &HashMap<String, String>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Response, Refusal> {
        match (method, segments) {
            ("GET", ["books"]) => self.list_books(query),
            ("POST", ["books"]) => {
                self.authorized(method, headers)?;
                let book = self.object(headers, body)?;
                validate::new_book(&book, self.fault)?;
                self.create_book(book)
            }
            ("GET", ["books", id]) => {
                let book = self.book(id)?;
                Ok(answer(200, &book))
            }
            ("PUT", ["books", id]) => {
                self.authorized(method, headers)?;
                validate::uuid(id)?;
                let book = self.object(headers, body)?;
                validate::new_book(&book, None)?;
                self.known_author(&book)?;
                let old = self.book(id)?;
                let book = shelved(book, id, old["stock"].clone());
                self.shelves.lock().unwrap().books.insert((*id).to_owned(), book.clone());
                Ok(answer(200, &book))
            }
            ("PATCH", ["books", id]) => {
                self.authorized(method, headers)?;
                validate::uuid(id)?;
                let changes = self.object(headers, body)?;
                validate::book_changes(&changes)?;
                let mut book = self.book(id)?;
                book.as_object_mut().unwrap().extend(changes);
                if !self.has(Fault::PatchDoesNothing) {
                    self.shelves.lock().unwrap().books.insert((*id).to_owned(), book.clone());
                }
                Ok(answer(200, &book))
            }
            ("DELETE", ["books", id]) => {
                self.authorized(method, headers)?;
                self.book(id)?;
                if !self.has(Fault::DeleteDoesNothing) {
                    self.shelves.lock().unwrap().books.remove(*id);
                }
                Ok(StatusCode::NO_CONTENT.into_response())
            }
            (_, ["books", id, "reviews"]) => self.reviews(method, id, headers, body),
            ("POST", ["authors"]) => {
                self.authorized(method, headers)?;
                let mut author = self.object(headers, body)?;
                validate::new_author(&author, self.fault)?;
                let id = self.next_uuid();
                author.insert("id".into(), id.clone().into());
                let author = Value::Object(author);
                self.shelves.lock().unwrap().authors.insert(id, author.clone());
                Ok(answer(201, &author))
            }
            ("GET", ["authors", id]) => {
                validate::uuid(id)?;
                let author = self.shelves.lock().unwrap().authors.get(*id).cloned();
                author.map(|author| answer(200, &author)).ok_or(Refusal(404, "no such author"))
            }
            ("POST", ["orders"]) => {
                let channel = headers.get("x-order-channel").and_then(|value| value.to_str().ok());
                let fine =
                    matches!(channel, Some("web" | "phone" | "counter")) || (channel.is_none() && self.has(Fault::IgnoresRequiredHeader));
                demand(fine, "X-Order-Channel")?;
                let order = self.object(headers, body)?;
                validate::new_order(&order, self.fault)?;
                self.place(order)
            }
            ("GET", ["orders", id]) => {
                self.authorized(method, headers)?;
                let number: u64 = id.parse().map_err(|_| Refusal(400, "no number"))?;
                demand(number > 0, "no order has 0")?;
                let shelves = self.shelves.lock().unwrap();
                let order = usize::try_from(number - 1).ok().and_then(|index| shelves.orders.get(index));
                match order.or_else(|| shelves.orders.first().filter(|_| self.has(Fault::FindsUnknownId))) {
                    Some(order) => Ok(answer(200, order)),
                    None => Err(Refusal(404, "no such order")),
                }
            }
            _ => Err(Refusal(404, "no such path")),
        }
    }

    fn list_books(&self, query: &HashMap<String, String>) -> Result<Response, Refusal> {
        validate::book_query(query, self.fault)?;
        let shelves = self.shelves.lock().unwrap();
        let mut items: Vec<Value> = shelves.books.values().cloned().collect();
        items.sort_by_key(|book| book["id"].to_string());
        items.truncate(query.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(20));
        let mut response = answer(200, &json!({"items": items, "total": shelves.books.len()}));
        if !self.has(Fault::MissingHeader) {
            response.headers_mut().insert("x-total-count", shelves.books.len().into());
        }
        Ok(response)
    }

    fn known_author(&self, book: &Map<String, Value>) -> Result<(), Refusal> {
        let author = book["authorId"].as_str().unwrap_or_default();
        demand(self.shelves.lock().unwrap().authors.contains_key(author), "no such author")
    }

    fn create_book(&self, book: Map<String, Value>) -> Result<Response, Refusal> {
        self.known_author(&book)?;
        let id = self.next_uuid();
        let book = shelved(book, &id, json!(0));
        self.shelves.lock().unwrap().books.insert(id.clone(), book.clone());
        let mut response = answer(if self.has(Fault::WrongStatus) { 202 } else { 201 }, &book);
        response.headers_mut().insert(header::LOCATION, format!("/books/{id}").parse().unwrap());
        Ok(response)
    }

    fn book(&self, id: &str) -> Result<Value, Refusal> {
        validate::uuid(id)?;
        let mut book = match self.shelves.lock().unwrap().books.get(id) {
            Some(book) => book.clone(),
            None if self.has(Fault::BreaksOnUnknownId) => return Err(Refusal(500, "oh no")),
            None => return Err(Refusal(404, "no such book")),
        };
        if self.has(Fault::WrongFieldType) {
            book["price"] = book["price"].to_string().into();
        }
        Ok(book)
    }

    fn reviews(&self, method: &str, id: &str, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refusal> {
        validate::uuid(id)?;
        if method == "GET" {
            self.book(id)?;
            let reviews = self.shelves.lock().unwrap().reviews.get(id).cloned().unwrap_or_default();
            let mut response = answer(200, &Value::Array(reviews));
            if self.has(Fault::WrongContentType) {
                response.headers_mut().insert(header::CONTENT_TYPE, "text/plain".parse().unwrap());
            }
            return Ok(response);
        }
        let mut review = self.object(headers, body)?;
        validate::new_review(&review, self.fault)?;
        self.book(id)?;
        let mut shelves = self.shelves.lock().unwrap();
        shelves.ids += 1;
        review.insert("id".into(), shelves.ids.into());
        review.insert("writtenAt".into(), "2026-02-03T04:05:06Z".into());
        let review = Value::Object(review);
        shelves.reviews.entry(id.to_owned()).or_default().insert(0, review.clone());
        Ok(answer(201, &review))
    }

    fn place(&self, mut order: Map<String, Value>) -> Result<Response, Refusal> {
        let mut shelves = self.shelves.lock().unwrap();
        for line in order["lines"].as_array().into_iter().flatten() {
            demand(shelves.books.contains_key(line["bookId"].as_str().unwrap_or_default()), "no such book")?;
        }
        order.insert("id".into(), (shelves.orders.len() + 1).into());
        if !self.has(Fault::MissingField) {
            order.insert("state".into(), "placed".into());
        }
        let order = Value::Object(order);
        shelves.orders.push(order.clone());
        Ok(answer(201, &order))
    }

    fn next_uuid(&self) -> String {
        let mut shelves = self.shelves.lock().unwrap();
        shelves.ids += 1;
        format!("{:08x}-0b00-4500-8500-5e11f1c71000", shelves.ids)
    }
}

fn shelved(mut book: Map<String, Value>, id: &str, stock: Value) -> Value {
    book.insert("id".into(), id.into());
    book.insert("stock".into(), stock);
    book.insert("related".into(), json!([]));
    Value::Object(book)
}
