//! The words that briefs are made of: what joins things, what counts them, and what is no thing.

/// Between a thing and what is known of it.
pub const HAS: &str = "with has have having contains contain containing includes include including consist consists comprise comprises stores holds mit hat haben";
/// Between the many and their one: "belongs to", "written by".
pub const BOUND: &str = "belongs belong belonging refers refer relates relate points point written assigned owned made created placed published posted part gehoert gehoeren";
/// "I want to keep track of": things follow.
pub const KEEP: &str = "track tracking manage manages managing store storing organize organizes organizing organise organising record recording \
    handle handling catalogue cataloging administer administering for lists listing schedule scheduling log logging plan planning";
/// What a project is by itself.
pub const APPS: &str = "app application system website site platform tool service software api backend database program portal tracker manager \
    webapp management web crud rest planner";
/// Over a list of things.
pub const GENERIC: &str = "entities entity models model tables objects resources data things features requirements types following domain we i there \
    needs need scope overview main";
pub const DETERMINERS: &str = "a an the each every all any some many multiple several various different our my your their its his her one two three \
    more lots of exactly also i we you it they there are is be should would could can may must will want need \
    needs like please to build create make have keep add see also optional optionally zero least at other another please them these those this that support including \
    ein eine einen einer eines der die das den dem des jedes jede jeder viele mehrere";
pub const ADJECTIVES: &str = "small simple big large new basic modern online little local tiny complete full custom personal public private internal \
    nice good easy own whole short minimal classic digital typical registered associated related corresponding unique";
/// Many by their spelling, yet what is known of one thing.
pub const FIELD_PLURALS: &str = "notes details instructions directions minutes hours days weeks months seconds pages points calories portions servings \
    credits remarks contents goals laps sets reps seats rooms floors likes views stars symptoms allergies hobbies \
    coordinates dimensions measurements terms conditions requirements miles kilometers kilometres persons guests copies \
    wins losses votes attempts bedrooms bathrooms shares status address business species series starts ends earnings expenses_total";
/// What briefs speak of without keeping it.
pub const NO_THING: &str = "app application system website site interface api backend frontend dashboard login logout button search pagination information \
    thing stuff everything anything something way ability feature function functionality data database detail crud time user_interface \
    ui gui field list name title filter filtering sorting sort validation authentication authorization auth rest_api endpoint swagger docker test \
    overview etc example id entity model object resource requirement out off up down";
/// Of these, what is a thing where there are many: "tasks and lists", "a farm with fields".
pub const THINGS_IF_MANY: &str = "lists tests fields titles";
/// What many things have in common: many to many, unless somebody says otherwise.
pub const PAIRS: &str = "tag label genre topic keyword skill role amenity ingredient_type hashtag permission language actor";
/// In front of what is known of a thing.
pub const ARTICLES: &str = "a an the each its their his her some one also my our optionally";
/// Measures behind what is measured: "height in m".
pub const UNITS: &str = "m cm mm km g kg mg t l ml celsius fahrenheit kmh mph kwh sqm percent inches feet";
/// In titles.
pub const FILLERS: &str = "want need would give me us develop design write do lets let im id something shall wed";
/// Between what is spoken of and what it is about, belongs to or comes from.
pub const PREPOSITIONS: &str = "for from by of in on at to per about into under within during through against between";
/// What has one of a few values.
pub const KINDS: &str = "status state stage type kind category priority severity level size condition role gender difficulty format method mode phase \
    tier quality mood colour color urgency visibility plan frequency surface purpose";
/// What keeps things of one kind: "a recipe collection".
pub const COLLECTIONS: &str = "collection collections catalog catalogue directory inventory list register archive log diary journal organizer \
    organiser database tracker manager library planner";
/// Those whose something is, though they are named first: "authors of books".
pub const AGENTS: &str = "supplier author owner teacher creator editor publisher parent producer vendor director organizer organiser host seller buyer \
    sponsor contractor trainer instructor doctor vet";
/// Who looks after everything, and is an account rather than a thing.
pub const STAFF: &str =
    "admin administrator superuser moderator receptionist staff developer we i they it you system app everyone anyone somebody someone";
/// Says that there are many, however the noun is spelt.
pub const COLLECTIVE_MANY: &str = "many several multiple various different";
/// Parts of something that are called like those of anything.
pub const PARTS: &str = "lines rows";
