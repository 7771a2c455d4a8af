//! The suite that every [`Store`](super::Store) passes: one behaviour each, against the trait.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::{Store, StoreError, Version};
use crate::arn::Scope;
use crate::clock::Timestamp;
use crate::package::{Limits, Mode, Package, make_zip};
use crate::state::settings::{EphemeralStorage, LoggingConfig, Settings, SnapStart, TracingConfig};
use crate::state::{Code, Function, Key, Phase, Record, RecordKind, Snapshot, ZipCode};

/// Runs every behaviour against stores that `make` makes empty.
pub(crate) fn all<S: Store>(make: &dyn Fn() -> S) {
    what_is_put_is_got(&make());
    a_put_over_another_version_is_refused(&make());
    a_put_of_a_present_record_as_new_is_refused(&make());
    a_delete_of_another_version_is_refused(&make());
    a_deleted_record_is_gone_and_its_version_never_returns(&make());
    a_list_is_by_name_within_one_world(&make());
    charged_bytes_follow_every_write_within_one_world(&make());
    a_put_beyond_the_limit_is_refused_if_the_code_grows(&make());
}

/// A key in the suite's account.
pub(crate) fn key(region: &str, name: &str) -> Key {
    Key::function(&Scope::new("123456789012", region), name)
}

/// The smallest function there is.
pub(crate) fn record(name: &str) -> Record {
    let zip = make_zip([("app.py", b"pass", Mode::File)]).unwrap();
    let package = Arc::new(Package::accept(Bytes::from(zip), &Limits::default()).unwrap());
    let snapshot = Snapshot {
        settings: Arc::new(Settings {
            runtime: None,
            role: String::new(),
            handler: None,
            description: String::new(),
            timeout: 3,
            memory_size: 128,
            environment: None,
            vpc_config: None,
            dead_letter_config: None,
            kms_key_arn: None,
            tracing_config: TracingConfig { mode: None },
            file_system_configs: None,
            layers: Vec::new(),
            image_config: None,
            architectures: Vec::new(),
            ephemeral_storage: EphemeralStorage { size: 512 },
            snap_start: SnapStart { apply_on: None },
            logging_config: LoggingConfig::default(),
            tenancy_config: None,
            capacity_provider_config: None,
            durable_config: None,
            runtime_config: None,
            accelerator_config: None,
        }),
        code: Code::Zip(ZipCode { package, source_kms_key_arn: None, signature: None, referenced: None }),
        last_modified: Timestamp::SEEDED,
        revision_id: String::new(),
        phase: Phase::Settled,
        before: None,
    };
    Record::Function(Arc::new(Function {
        name: name.into(),
        latest: Arc::new(snapshot),
        versions: BTreeMap::new(),
        last_number: 0,
        unchanged_since: None,
        code_signing_config_arn: None,
        reserved_concurrent_executions: None,
        doom: None,
        aliases: BTreeMap::new(),
        attached: BTreeMap::new(),
        tags: Arc::default(),
    }))
}

fn name(record: &Record) -> &str {
    match record {
        Record::Function(function) => &function.name,
        Record::Layer(layer) => &layer.name,
        Record::CapacityProvider(_)
        | Record::CodeSigningConfig(_)
        | Record::EventSourceMapping(_)
        | Record::DurableExecution(_)
        | Record::LastNumber(_) => "",
    }
}

fn put(store: &dyn Store, key: &Key, record: Record, expected: Option<Version>) -> Result<Version, StoreError> {
    store.put(key, record, expected, u64::MAX)
}

fn what_is_put_is_got(store: &dyn Store) {
    assert!(store.get(&key("us-east-1", "fn")).unwrap().is_none());
    let version = put(store, &key("us-east-1", "fn"), record("fn"), None).unwrap();
    let (got_version, got) = store.get(&key("us-east-1", "fn")).unwrap().unwrap();
    assert_eq!((got_version, name(&got)), (version, "fn"));
}

fn a_put_over_another_version_is_refused(store: &dyn Store) {
    let key = key("us-east-1", "fn");
    let first = put(store, &key, record("fn"), None).unwrap();
    let second = put(store, &key, record("fn"), Some(first)).unwrap();
    assert_eq!(put(store, &key, record("fn"), Some(first)), Err(StoreError::Moved));
    assert_eq!(store.get(&key).unwrap().map(|(version, _)| version), Some(second));
}

fn a_put_of_a_present_record_as_new_is_refused(store: &dyn Store) {
    put(store, &key("us-east-1", "fn"), record("fn"), None).unwrap();
    assert_eq!(put(store, &key("us-east-1", "fn"), record("fn"), None), Err(StoreError::Moved));
}

fn a_delete_of_another_version_is_refused(store: &dyn Store) {
    let key = key("us-east-1", "fn");
    let version = put(store, &key, record("fn"), None).unwrap();
    assert_eq!(store.delete(&key, version + 1), Err(StoreError::Moved));
    assert!(store.get(&key).unwrap().is_some());
}

fn a_deleted_record_is_gone_and_its_version_never_returns(store: &dyn Store) {
    let key = key("us-east-1", "fn");
    let version = put(store, &key, record("fn"), None).unwrap();
    store.delete(&key, version).unwrap();
    assert!(store.get(&key).unwrap().is_none());
    assert_ne!(put(store, &key, record("fn"), None).unwrap(), version);
}

fn a_list_is_by_name_within_one_world(store: &dyn Store) {
    for (region, name) in [("us-east-1", "b"), ("us-east-1", "a"), ("eu-west-1", "c"), ("us-east-1", "d")] {
        put(store, &key(region, name), record(name), None).unwrap();
    }
    let scope = Scope::new("123456789012", "us-east-1");
    let names = |from: &str, limit| -> Vec<String> {
        let records = store.list(&scope, RecordKind::Function, from, limit).unwrap();
        records.iter().map(|record| name(record).to_owned()).collect()
    };
    assert_eq!(names("", 10), ["a", "b", "d"]);
    assert_eq!(names("b", 10), ["b", "d"]);
    assert_eq!(names("", 2), ["a", "b"]);
    assert!(store.list(&Scope::new("210987654321", "us-east-1"), RecordKind::Function, "", 10).unwrap().is_empty());
    assert_eq!(store.worlds().unwrap(), [Scope::new("123456789012", "eu-west-1"), scope]);
}

fn charged_bytes_follow_every_write_within_one_world(store: &dyn Store) {
    let (one, bytes) = (key("us-east-1", "a"), record("a").charged_bytes());
    let stored = |region: &str| store.charged_bytes(&Scope::new("123456789012", region)).unwrap();
    let version = put(store, &one, record("a"), None).unwrap();
    put(store, &key("us-east-1", "b"), record("b"), None).unwrap();
    let version = put(store, &one, record("a"), Some(version)).unwrap();
    assert_eq!((stored("us-east-1"), stored("eu-west-1")), (2 * bytes, 0));
    store.delete(&one, version).unwrap();
    assert_eq!(stored("us-east-1"), bytes);
}

fn a_put_beyond_the_limit_is_refused_if_the_code_grows(store: &dyn Store) {
    let (one, bytes) = (key("us-east-1", "a"), record("a").charged_bytes());
    assert_eq!(store.put(&one, record("a"), None, bytes - 1), Err(StoreError::Full));
    assert!(store.get(&one).unwrap().is_none());
    let version = store.put(&one, record("a"), None, bytes).unwrap();
    assert!(store.put(&one, record("a"), Some(version), 0).is_ok());
}
