//! The public API of AWS Lambda as data: operations, shapes, errors, paginators and waiters.
//!
//! The one idea to hold: everything that AWS publishes about the *form* of a call (names, HTTP bindings, types,
//! limits, error statuses) stands in [`table`], one line per shape, and is read by one interpreter
//! (`crate::protocol`). Behaviour is elsewhere. `table.rs` is generated and checked in; see `tests/model`.
//!
//! ```
//! use drylambda::model;
//!
//! let operation = model::operation("UpdateFunctionCode").unwrap();
//! assert_eq!((operation.method, operation.status), ("PUT", 200));
//! assert_eq!(operation.input.member("DryRun").map(|member| member.required), Some(false));
//! ```

pub mod printed;
#[rustfmt::skip]
pub mod table;
#[cfg(test)]
pub(crate) mod tests;

pub use table::*;

/// One operation of the API.
#[derive(Debug)]
pub struct Operation {
    /// AWS's name, e.g. `UpdateFunctionCode`.
    pub name: &'static str,
    /// boto3's name, e.g. `update_function_code`.
    pub python_name: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path template, without the query, e.g. `/2015-03-31/functions/{FunctionName}/code`.
    pub path: &'static str,
    /// The literal query that tells two operations on one path apart, e.g. `("List", "ALL")`.
    pub query: Option<(&'static str, &'static str)>,
    /// HTTP status of a success.
    pub status: u16,
    /// Shape of the request; every operation has one.
    pub input: &'static Shape,
    /// Shape of the answer; `None` where a success has no body.
    pub output: Option<&'static Shape>,
    /// The exceptions the model lists for this operation.
    pub errors: &'static [&'static Shape],
    /// How the pages of a list are walked.
    pub paginator: Option<Paginator>,
}

/// One shape: a name and what it is.
#[derive(Debug)]
pub struct Shape {
    /// AWS's name, e.g. `FunctionName`.
    pub name: &'static str,
    /// What it is, with its limits.
    pub kind: Kind,
    /// Whether its values are secret: AWS leaves them out of its messages.
    pub sensitive: bool,
}

/// What a shape is. Limits are `None` where the model is silent; both ends are inclusive.
#[derive(Debug)]
#[expect(missing_docs, reason = "the line of a variant says what its fields hold")]
pub enum Kind {
    /// Named members.
    Structure(Structure),
    /// Entries of one shape; `min` and `max` count entries.
    List { member: &'static Shape, min: Option<u64>, max: Option<u64> },
    /// Keys (always strings) and values; `min` and `max` count entries.
    Map { key: &'static Shape, value: &'static Shape, min: Option<u64>, max: Option<u64> },
    /// Text; `min` and `max` count Unicode code points. `pattern` stands as the model writes it and means the whole text.
    String { min: Option<u64>, max: Option<u64>, pattern: Option<&'static str>, values: &'static [&'static str] },
    /// A whole number of 32 or 64 `bits` (`integer` and `long` of the model).
    Integer { min: Option<i64>, max: Option<i64>, bits: u8 },
    /// A floating-point number (`float` and `double` of the model). `whole` says that the model writes its limits
    /// without a point, as botocore then prints them.
    Double { min: Option<f64>, max: Option<f64>, whole: bool },
    /// true or false.
    Boolean,
    /// Bytes, base64 in JSON; `min` and `max` count decoded bytes.
    Blob { min: Option<u64>, max: Option<u64>, streaming: bool },
    /// A point in time: seconds since the epoch in JSON.
    Timestamp,
}

/// The members of a structure.
#[derive(Debug)]
pub struct Structure {
    /// In the model's order.
    pub members: &'static [Member],
    /// The member that is the whole HTTP body (in a stream of events: the whole body of an event), if one is.
    pub payload: Option<&'static str>,
    /// Set for the shapes of errors.
    pub exception: Option<Exception>,
    /// Whether it is a stream of events (one shape of the model is).
    pub event_stream: bool,
}

/// One member of a structure.
#[derive(Debug)]
pub struct Member {
    /// AWS's name, e.g. `FunctionName`.
    pub name: &'static str,
    /// What it holds.
    pub shape: &'static Shape,
    /// Where it travels in HTTP.
    pub place: Place,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Whether SDKs fill it with a random token when the caller leaves it out.
    pub idempotency_token: bool,
}

/// Where a member travels in HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the JSON body (or it is the whole body, see [`Structure::payload`]).
    Body,
    /// In the path, as `{Name}`; the name is the one in the template.
    Label(&'static str),
    /// In the query string, under this name.
    Query(&'static str),
    /// In a header of this name.
    Header(&'static str),
    /// It is the HTTP status itself.
    Status,
}

/// What makes a structure an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exception {
    /// The code on the wire, e.g. `ResourceNotFoundException`.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// The key of the text in the body: `message` or `Message` (rule K2).
    pub message_key: &'static str,
    /// Whether the caller is at fault (`Type: User`) or the service (`Type: Service`).
    pub sender_fault: bool,
}

/// How the pages of a list are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paginator {
    /// Input member that takes the marker.
    pub input_token: &'static str,
    /// Output member that gives the next marker.
    pub output_token: &'static str,
    /// Input member that limits a page.
    pub limit: &'static str,
    /// Output member that holds the entries.
    pub result: &'static str,
}

/// A waiter: an operation polled until its answer says so.
#[derive(Debug)]
pub struct Waiter {
    /// boto3's name, e.g. `function_updated_v2`.
    pub python_name: &'static str,
    /// The operation it polls.
    pub operation: &'static str,
    /// Seconds between two polls.
    pub delay: u32,
    /// Polls before it gives up.
    pub max_attempts: u32,
    /// Tried in order.
    pub acceptors: &'static [Acceptor],
}

/// One rule of a [`Waiter`].
#[derive(Debug)]
pub struct Acceptor {
    /// What the waiter then is: `success`, `retry` or `failure`.
    pub state: &'static str,
    /// What is looked at.
    pub matches: Matches,
}

/// What an [`Acceptor`] looks at.
#[derive(Debug)]
pub enum Matches {
    /// The member at this path (a `JMESPath` expression) equals this text.
    Path(&'static str, &'static str),
    /// The call failed with this code.
    Error(&'static str),
    /// The call did not fail (`false`) or did (`true`), whatever the code.
    AnyError(bool),
    /// The HTTP status is this.
    Status(u16),
}

/// How the table writes its shapes.
impl Shape {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, sensitive: false }
    }

    const fn secret(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, sensitive: true }
    }
}

impl Operation {
    /// The member of an answer that is its whole body, if one is.
    #[must_use]
    pub fn answered_body(&self) -> Option<&'static Member> {
        let Kind::Structure(structure) = &self.output?.kind else { return None };
        structure.payload.and_then(|name| structure.members.iter().find(|member| member.name == name))
    }
}

impl Shape {
    /// Whether it is a stream of events.
    #[must_use]
    pub fn is_event_stream(&self) -> bool {
        matches!(self.kind, Kind::Structure(Structure { event_stream: true, .. }))
    }

    /// The members, where this is a structure; else none.
    #[must_use]
    pub fn members(&self) -> &'static [Member] {
        match &self.kind {
            Kind::Structure(structure) => structure.members,
            _ => &[],
        }
    }

    /// The member of this name, where this is a structure that has it.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        self.members().iter().find(|member| member.name == name)
    }

    /// What makes it an error, if it is one.
    #[must_use]
    pub fn exception(&self) -> Option<&Exception> {
        match &self.kind {
            Kind::Structure(structure) => structure.exception.as_ref(),
            _ => None,
        }
    }
}

/// How the table writes its members.
impl Member {
    const fn new(name: &'static str, shape: &'static Shape, place: Place) -> Self {
        Self { name, shape, place, required: false, idempotency_token: false }
    }

    const fn body(name: &'static str, shape: &'static Shape) -> Self {
        Self::new(name, shape, Place::Body)
    }

    const fn label(name: &'static str, shape: &'static Shape, template_name: &'static str) -> Self {
        Self::new(name, shape, Place::Label(template_name))
    }

    const fn query(name: &'static str, shape: &'static Shape, query_name: &'static str) -> Self {
        Self::new(name, shape, Place::Query(query_name))
    }

    const fn header(name: &'static str, shape: &'static Shape, header_name: &'static str) -> Self {
        Self::new(name, shape, Place::Header(header_name))
    }

    const fn status(name: &'static str, shape: &'static Shape) -> Self {
        Self::new(name, shape, Place::Status)
    }

    const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    const fn token(self) -> Self {
        Self { idempotency_token: true, ..self }
    }
}

/// The operation with this AWS name (`UpdateFunctionCode`), if the API has it.
#[must_use]
pub fn operation(name: &str) -> Option<&'static Operation> {
    OPERATIONS.binary_search_by(|operation| operation.name.cmp(name)).ok().map(|index| OPERATIONS[index])
}

/// The exception with this code, if the model has it.
#[must_use]
pub fn exception(code: &str) -> Option<&'static Exception> {
    EXCEPTIONS.iter().find(|shape| shape.name == code).and_then(|shape| shape.exception())
}
