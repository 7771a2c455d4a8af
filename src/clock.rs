//! Time as a value: a clock that a test may freeze and move, and the ways AWS writes a moment.
//!
//! The one idea to hold: nothing in this crate reads the system's time but [`Clock`], and nothing sleeps.
//!
//! ```
//! use drylambda::clock::{Clock, Timestamp};
//!
//! let clock = Clock::frozen_at(Timestamp::from_millis(1_767_225_600_250));
//! assert_eq!(clock.now().last_modified(), "2026-01-01T00:00:00.250+0000");
//! clock.advance(1_500);
//! assert_eq!(clock.now().to_whole_second().last_modified(), "2026-01-01T00:00:01.000+0000");
//! ```

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// A point in time: whole milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64")]
pub struct Timestamp(i64);

impl Timestamp {
    /// The name under which serde's traits hand a moment over, so that a document has it as one.
    pub const NEWTYPE: &str = "Timestamp";
    /// 2026-01-01T00:00:00Z, where the clock of a seeded emulator stands.
    pub const SEEDED: Self = Self(1_767_225_600_000);
    /// 1970-01-01T00:00:00Z: before every moment that a clock shows.
    pub const EPOCH: Self = Self(0);
    /// 9999-12-30T21:59:59.999Z: later moments have no four-digit year in some time zone and are cut to this one.
    const LATEST: i64 = 253_402_207_199_999;

    /// From milliseconds since the epoch; clamped to the years 1970 to 9999.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(0, Self::LATEST))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Seconds since the epoch, with what is left of the last one: the form of the model's timestamps.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "every moment has fewer milliseconds than 2 to the power of 53")]
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// From seconds since the epoch; clamped to the years 1970 to 9999.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is beyond is clamped, and what is less than a millisecond cut"
    )]
    pub fn from_seconds(seconds: f64) -> Self {
        Self::from_millis((seconds * 1000.0).round() as i64)
    }

    /// This moment, `millis` milliseconds later.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// The start of this moment's second, as updates report it (rule P6).
    #[must_use]
    pub fn to_whole_second(self) -> Self {
        Self(self.0 - self.0 % 1000)
    }

    /// `2026-01-01T00:00:00.250+0000`, the form of `LastModified` (rule P6).
    #[must_use]
    pub fn last_modified(self) -> String {
        let at = self.civil();
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}+0000",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            self.0 % 1000
        )
    }

    /// `Thu, 01 Jan 2026 00:00:00 GMT`, the form of HTTP's `Date`.
    #[must_use]
    pub fn http_date(self) -> String {
        self.civil().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    /// `20260101T000000Z`, the form of `X-Amz-Date`.
    #[must_use]
    pub fn amz_date(self) -> String {
        self.civil().strftime("%Y%m%dT%H%M%SZ").to_string()
    }

    /// `2026-01-01T00:00:00Z`, the form of CloudTrail's `eventTime` and of dates in policies.
    #[must_use]
    pub fn iso(self) -> String {
        self.civil().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// `2026-01-01T00:00:00.250Z`, the form of times in logs.
    #[must_use]
    pub fn iso_millis(self) -> String {
        self.civil().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }

    /// `2026/01/01`, the beginning of the name of a log stream.
    #[must_use]
    pub fn log_stream_date(self) -> String {
        self.civil().strftime("%Y/%m/%d").to_string()
    }

    /// `12/Mar/2020:19:03:58 +0000`, the form of access logs and of requests to function URLs.
    #[must_use]
    pub fn access_log_date(self) -> String {
        self.civil().strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
    }

    /// `2026-01-01T00:00:00.250000Z`, the form of times of function URLs.
    #[must_use]
    pub fn iso_micros(self) -> String {
        self.civil().strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
    }

    /// The moment that [`Self::amz_date`] wrote.
    #[must_use]
    pub fn from_amz_date(text: &str) -> Option<Self> {
        let civil = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
        let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self::from_millis(zoned.timestamp().as_millisecond()))
    }

    /// The moment that [`Self::http_date`] wrote, or another of RFC 2822's form.
    #[must_use]
    pub fn from_http_date(text: &str) -> Option<Self> {
        let zoned = jiff::fmt::rfc2822::parse(text).ok()?;
        Some(Self::from_millis(zoned.timestamp().as_millisecond()))
    }

    /// The moment that an ISO 8601 text names, or whole seconds since the epoch do. A text without an offset is UTC; a
    /// day is its first moment.
    #[must_use]
    pub fn from_iso(text: &str) -> Option<Self> {
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().ok().map(|seconds: i64| Self::from_millis(seconds.saturating_mul(1000)));
        }
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Some(Self::from_millis(at.as_millisecond()));
        }
        let zoned = text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self::from_millis(zoned.timestamp().as_millisecond()))
    }

    fn civil(self) -> jiff::civil::DateTime {
        // The constructor keeps every value inside jiff's range.
        let at = jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        jiff::tz::Offset::UTC.to_datetime(at)
    }
}

impl TryFrom<i64> for Timestamp {
    type Error = &'static str;

    /// From milliseconds since the epoch.
    fn try_from(millis: i64) -> Result<Self, Self::Error> {
        let moment = Self::from_millis(millis);
        if moment.0 == millis { Ok(moment) } else { Err("milliseconds since 1970, before the year 10000") }
    }
}

/// Where the emulator's time comes from: the system's clock, shifted or frozen.
#[derive(Debug)]
pub struct Clock(Mutex<Source>);

#[derive(Debug, Clone, Copy)]
enum Source {
    Running { ahead_millis: i64 },
    Frozen(Timestamp),
}

impl Clock {
    /// The system's time.
    #[must_use]
    pub fn system() -> Self {
        Self(Mutex::new(Source::Running { ahead_millis: 0 }))
    }

    /// A clock that stands at `moment` until it is moved.
    #[must_use]
    pub fn frozen_at(moment: Timestamp) -> Self {
        Self(Mutex::new(Source::Frozen(moment)))
    }

    /// Another clock that shows what this one shows, until either is moved.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self(Mutex::new(self.with(|source| *source)))
    }

    /// The emulator's present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.with(|source| source.now())
    }

    /// Stops the clock, at `moment` or where it is.
    pub fn freeze(&self, moment: Option<Timestamp>) {
        self.with(|source| *source = Source::Frozen(moment.unwrap_or_else(|| source.now())));
    }

    /// Lets the clock run with the system's again, from where it stands.
    pub fn resume(&self) {
        self.with(|source| {
            let ahead_millis = source.now().as_millis() - system_now().as_millis();
            *source = Source::Running { ahead_millis };
        });
    }

    /// Moves the clock on (or back, if negative) by `millis` milliseconds, frozen or running.
    pub fn advance(&self, millis: i64) {
        self.with(|source| match source {
            Source::Running { ahead_millis } => *ahead_millis = ahead_millis.saturating_add(millis),
            Source::Frozen(moment) => *moment = moment.plus_millis(millis),
        });
    }

    /// Moves the clock on to `moment` if it stands before it; a running one goes on as it does.
    pub fn catch_up(&self, moment: Timestamp) {
        self.with(|source| match source {
            Source::Frozen(stands) => *stands = moment.max(*stands),
            Source::Running { .. } => {}
        });
    }

    /// Whether the clock stands.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        self.with(|source| matches!(source, Source::Frozen(_)))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Source) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Source {
    fn now(&self) -> Timestamp {
        match *self {
            Self::Running { ahead_millis } => system_now().plus_millis(ahead_millis),
            Self::Frozen(moment) => moment,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the system's time")]
fn system_now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// How long something really takes, whatever the emulator's clock shows.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// One that runs from now on.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "it is what a duration is read from")]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Since it was started, in milliseconds.
    #[must_use]
    pub fn elapsed_ms(self) -> f64 {
        self.0.elapsed().as_secs_f64() * 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_every_form() {
        let moment = Timestamp::from_millis(1_672_531_199_007);
        assert_eq!(moment.last_modified(), "2022-12-31T23:59:59.007+0000");
        assert_eq!(moment.http_date(), "Sat, 31 Dec 2022 23:59:59 GMT");
        assert_eq!(moment.amz_date(), "20221231T235959Z");
        assert_eq!(moment.iso(), "2022-12-31T23:59:59Z");
        assert_eq!(Timestamp::from_amz_date("20221231T235959Z"), Some(moment.to_whole_second()));
        assert_eq!(Timestamp::from_http_date("Sat, 31 Dec 2022 23:59:59 GMT"), Some(moment.to_whole_second()));
        assert_eq!(Timestamp::from_http_date("20221231T235959Z"), None);
    }

    #[test]
    fn a_moment_is_read_in_every_form_of_iso_8601_and_in_seconds() {
        let midnight = Some(Timestamp::SEEDED);
        for (text, moment) in [
            ("2026-01-01T00:00:00Z", midnight),
            ("2026-01-01T00:00:00.000Z", midnight),
            ("2026-01-01T01:00:00+01:00", midnight),
            ("2025-12-31T19:00-05:00", midnight),
            ("2026-01-01T00:00:00", midnight),
            ("2026-01-01", midnight),
            ("1767225600", midnight),
            ("2026-01-01T00:00:01Z", midnight.map(|it| it.plus_millis(1000))),
            ("2026-13-01", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(Timestamp::from_iso(text), moment, "{text}");
        }
    }

    #[test]
    fn moments_outside_four_digit_years_are_cut() {
        assert_eq!(Timestamp::from_millis(i64::MAX).last_modified(), "9999-12-30T21:59:59.999+0000");
        assert_eq!(Timestamp::from_millis(i64::MIN).last_modified(), "1970-01-01T00:00:00.000+0000");
    }

    #[test]
    fn a_frozen_clock_catches_up_and_never_goes_back() {
        let clock = Clock::frozen_at(Timestamp::SEEDED);
        let later = Timestamp::SEEDED.plus_millis(1);
        for moment in [later, Timestamp::EPOCH] {
            clock.catch_up(moment);
            assert_eq!(clock.now(), later);
        }
        let running = Clock::system();
        let moment = running.now().plus_millis(3_600_000);
        running.catch_up(moment);
        assert!(running.now() < moment);
    }

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let clock = Clock::frozen_at(Timestamp::SEEDED);
        clock.advance(250);
        assert_eq!(clock.now(), Timestamp::SEEDED.plus_millis(250));
        clock.resume();
        assert!(!clock.is_frozen());
        assert!(clock.now() >= Timestamp::SEEDED.plus_millis(250));
        clock.freeze(None);
        assert_eq!(clock.now(), clock.now());
    }
}
