//! What a host says: bucket and Region.

/// What of S3 is not built and has hosts of its own.
const OTHER_SERVICES: [&str; 5] =
    ["s3-accesspoint", "s3-control", "s3-object-lambda", "s3-outposts", "s3express-control"];

/// What stands in a host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Host<'a> {
    /// Of a virtual-hosted request.
    pub(super) bucket: Option<&'a str>,
    /// `None`: the global endpoint, or no endpoint of S3's.
    pub(super) region: Option<&'a str>,
    /// A part of S3 that is not built.
    pub(super) other_service: Option<&'a str>,
}

impl<'a> Host<'a> {
    /// Reads a host, with or without a port: the last label that is S3's own ends the bucket's name, which may have
    /// dots.
    pub(super) fn parse(host: &'a str) -> Self {
        let host = host
            .rsplit_once(':')
            .map_or(host, |(name, port)| if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host });
        let host = host.trim_end_matches('.');
        let aws = host.contains(".amazonaws.") || host.ends_with(".api.aws");
        let labels: Vec<&str> = host.split('.').collect();
        let own =
            |label: &&str| **label == *"s3" || (aws && (label.starts_with("s3-") || label.starts_with("s3express-")));
        let Some(place) = labels.iter().rposition(own) else { return Self::default() };
        let (before, after) = labels.split_at(place);
        let (service, after) = after.split_first().map_or(("s3", after), |(service, after)| (*service, after));
        let bucket_bytes = before.iter().map(|label| label.len() + 1).sum::<usize>().saturating_sub(1);
        let is_region = |label: &&str| is_region(label);
        Self {
            bucket: host.get(..bucket_bytes).filter(|bucket| !bucket.is_empty()),
            // Of old, `s3-eu-west-1.amazonaws.com`.
            region: after
                .iter()
                .find(|label| **label != "dualstack")
                .copied()
                .filter(is_region)
                .or_else(|| service.strip_prefix("s3-").filter(is_region)),
            other_service: OTHER_SERVICES.into_iter().find(|other| *other == service).map(|_| service),
        }
    }
}

/// Whether a text has the form of a Region's name.
pub(in super::super) fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let area =
        parts.next().is_some_and(|part| matches!(part.len(), 2 | 4) && part.bytes().all(|it| it.is_ascii_lowercase()));
    let number = parts.next_back().is_some_and(|part| part.len() == 1 && part.bytes().all(|it| it.is_ascii_digit()));
    let mut middle = parts.peekable();
    area && number && middle.peek().is_some() && middle.all(|part| part.bytes().all(|it| it.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_and_region_are_read_of_every_form_of_host() {
        let bucket = Some("bucket");
        for (host, bucket, region) in [
            ("s3.amazonaws.com", None, None),
            ("s3.eu-west-1.amazonaws.com", None, Some("eu-west-1")),
            ("s3.eu-west-1.amazonaws.com:443", None, Some("eu-west-1")),
            ("bucket.s3.eu-west-1.amazonaws.com.:443", bucket, Some("eu-west-1")),
            ("bucket.s3.amazonaws.com", bucket, None),
            ("bucket.s3.us-gov-west-1.amazonaws.com", bucket, Some("us-gov-west-1")),
            ("bucket.s3.cn-north-1.amazonaws.com.cn", bucket, Some("cn-north-1")),
            ("bucket.s3.dualstack.eu-west-1.amazonaws.com", bucket, Some("eu-west-1")),
            ("s3.dualstack.eu-west-1.amazonaws.com", None, Some("eu-west-1")),
            ("bucket.s3-fips.dualstack.us-east-2.amazonaws.com", bucket, Some("us-east-2")),
            ("bucket.s3-eu-central-1.amazonaws.com", bucket, Some("eu-central-1")),
            ("bucket.s3-accelerate.amazonaws.com", bucket, None),
            ("my.s3.site.s3.eu-west-1.amazonaws.com", Some("my.s3.site"), Some("eu-west-1")),
            ("s3-logs.s3.eu-west-1.amazonaws.com", Some("s3-logs"), Some("eu-west-1")),
            ("localhost:4566", None, None),
            ("127.0.0.1:4566", None, None),
            ("bucket.s3.localhost:4566", bucket, None),
            ("s3-proxy.example.com", None, None),
            ("[::1]:4566", None, None),
        ] {
            assert_eq!(Host::parse(host), Host { bucket, region, other_service: None }, "{host}");
        }
    }

    #[test]
    fn what_is_not_built_is_known_by_its_hosts() {
        let host = Host::parse("123456789012.s3-control.eu-west-1.amazonaws.com");
        assert_eq!(host.other_service, Some("s3-control"));
    }

    #[test]
    fn regions_have_a_form() {
        for (text, expected) in [("eu-west-1", true), ("us-iso-east-1", true), ("eusc-de-east-1", true)]
            .into_iter()
            .chain(["", "EU", "eu-west", "eu-1", "nowhere", "eu-west-1a", "amazonaws"].map(|text| (text, false)))
        {
            assert_eq!(is_region(text), expected, "{text}");
        }
    }
}
