//! How a connection breaks, for tests of those who try again.

/// What a client sees of a connection that breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// Nobody listens.
    Refused,
    /// Nobody answers.
    ConnectTimeout,
    /// The answer does not come in time.
    ReadTimeout,
    /// It ends before the answer.
    Closed,
}

impl Connection {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Refused, Self::ConnectTimeout, Self::ReadTimeout, Self::Closed];

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|connection| connection.name() == name)
    }

    /// botocore's name of the exception.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Refused => "EndpointConnectionError",
            Self::ConnectTimeout => "ConnectTimeoutError",
            Self::ReadTimeout => "ReadTimeoutError",
            Self::Closed => "ConnectionClosedError",
        }
    }

    /// Whether the service may have done what it was asked for.
    #[must_use]
    pub fn may_be_done(self) -> bool {
        matches!(self, Self::ReadTimeout | Self::Closed)
    }
}
