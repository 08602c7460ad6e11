//! Description → ZIP, timed: `cargo bench --bench suite`, or with a description and where to put the ZIP:
//! `cargo bench --bench suite -- openapi.yaml suite.zip`. Without a description, a large one is made up.

use std::fmt::Write as _;
use std::time::Instant;

use livegen::server::generate::test_suite;

const ROUNDS: usize = 7;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let (name, description) = match arguments.first() {
        Some(path) => (path.clone(), std::fs::read_to_string(path)?),
        None => ("made up, 300 operations".to_owned(), synthetic(100)),
    };
    let mut times = Vec::new();
    let mut zip = Vec::new();
    let mut summary = String::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let suite = test_suite::generate(&description)?;
        let generated = start.elapsed();
        zip = suite.zip()?;
        times.push((start.elapsed(), generated));
        summary = format!(
            "{} operations, {} cases, {} skipped, {} files, {} KiB ZIP",
            suite.operations,
            suite.cases,
            suite.skipped,
            suite.files.len(),
            zip.len() / 1024
        );
    }
    times.sort();
    let (median, generated) = times[ROUNDS / 2];
    println!("{name} ({} KiB): {summary}", description.len() / 1024);
    println!(
        "description to ZIP: median {median:.0?} of {ROUNDS} (of which generating {generated:.0?}), best {:.0?}, worst {:.0?}",
        times[0].0,
        times[ROUNDS - 1].0
    );
    if let Some(path) = arguments.get(1) {
        std::fs::write(path, zip)?;
    }
    Ok(())
}

/// A description of `count` resources with three operations each.
fn synthetic(count: usize) -> String {
    let mut text =
        String::from("openapi: 3.0.3\ninfo: {title: Large API, version: '1'}\nservers: [{url: 'http://localhost:8080'}]\npaths:\n");
    for index in 0..count {
        let _ = write!(
            text,
            r"  /things{index}:
    get:
      operationId: listThings{index}
      tags: [thing{index}]
      parameters:
        - {{name: limit, in: query, schema: {{type: integer, minimum: 1, maximum: 100, default: 20}}}}
        - {{name: state, in: query, schema: {{type: string, enum: [new, used, broken]}}}}
      responses:
        '200': {{description: A page, content: {{application/json: {{schema: {{type: array, items: {{$ref: '#/components/schemas/Thing{index}'}}}}}}}}}}
    post:
      operationId: createThing{index}
      tags: [thing{index}]
      requestBody: {{required: true, content: {{application/json: {{schema: {{$ref: '#/components/schemas/NewThing{index}'}}}}}}}}
      responses:
        '201': {{description: Made, content: {{application/json: {{schema: {{$ref: '#/components/schemas/Thing{index}'}}}}}}}}
        '400': {{description: Refused}}
  /things{index}/{{thingId}}:
    get:
      operationId: getThing{index}
      tags: [thing{index}]
      parameters:
        - {{name: thingId, in: path, required: true, schema: {{type: string, format: uuid}}}}
      responses:
        '200': {{description: One, content: {{application/json: {{schema: {{$ref: '#/components/schemas/Thing{index}'}}}}}}}}
        '404': {{description: None}}
"
        );
    }
    text.push_str("components:\n  schemas:\n");
    for index in 0..count {
        let _ = write!(
            text,
            r"    NewThing{index}:
      type: object
      required: [name, price]
      properties:
        name: {{type: string, minLength: 1, maxLength: 80}}
        price: {{type: number, minimum: 0}}
        code: {{type: string, pattern: '^[A-Z]{{2}}-[0-9]{{4}}$'}}
        colours: {{type: array, maxItems: 5, uniqueItems: true, items: {{type: string, enum: [red, green, blue, black, white, grey]}}}}
        size: {{type: object, required: [width], properties: {{width: {{type: integer, minimum: 1}}, height: {{type: integer, minimum: 1}}}}}}
    Thing{index}:
      allOf:
        - $ref: '#/components/schemas/NewThing{index}'
        - type: object
          required: [id]
          properties: {{id: {{type: string, format: uuid, readOnly: true}}, related: {{type: array, items: {{$ref: '#/components/schemas/Thing{index}'}}}}}}
"
        );
    }
    text
}
