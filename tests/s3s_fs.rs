//! The endpoint against a real server, `s3s-fs`, which computes every signature itself.
//!
//! moto's server is in `tests/behaviour/places.py`: it has versions and uploads in parts, and looks at no signature.

use std::fs;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use drylambda::package::{Digest, Limits, Mode, Packages, make_zip};
use drylambda::sources::{Body, Credentials, Endpoint, ObjectSource as _, Refusal, Wanted};
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A server with a directory of its own; both are gone with it.
struct Server {
    url: String,
    root: PathBuf,
    _runtime: Runtime,
}

impl Server {
    fn start() -> Self {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("drylambda-s3s-fs-{}-{number}", std::process::id()));
        fs::create_dir_all(root.join("deployments")).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(&root).unwrap());
        builder.set_auth(SimpleAuth::from_single("AKID", "a/secret+of=ours"));
        let service = builder.build();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_io().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let service = service.clone();
                let http = hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new());
                tokio::spawn(async move { http.serve_connection(TokioIo::new(socket), service).await });
            }
        });
        Self { url, root, _runtime: runtime }
    }

    fn put(&self, key: &str, bytes: &[u8]) {
        let path = self.root.join("deployments").join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn endpoint(&self, secret: &str) -> Endpoint {
        let credentials =
            Credentials { access_key_id: "AKID".into(), secret_access_key: secret.into(), session_token: None };
        Endpoint::new(&self.url, Some(credentials), None).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.root).unwrap();
    }
}

fn wanted<'a>(bucket: &'a str, key: &'a str) -> Wanted<'a> {
    Wanted { account: "123456789012", region: "us-east-1", in_region: true, bucket, key, version: None }
}

#[test]
fn what_is_signed_is_read_whatever_its_key() {
    let server = Server::start();
    let endpoint = server.endpoint("a/secret+of=ours");
    for key in ["fn.zip", "folder/fn.zip", "a b+c&d=e#f%41ä", "-._~!$'()*,;:@[]"] {
        server.put(key, key.as_bytes());
        let object = endpoint.get(&wanted("deployments", key)).unwrap().unwrap();
        let Body::Arriving { announced_bytes, mut reader } = object.body else { panic!("an object arrives") };
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), announced_bytes), (key, Some(key.len() as u64)));
        assert_eq!((object.version_id, object.versioned), (None, false));
    }
}

#[test]
fn a_package_is_taken_in_as_it_arrives() {
    let server = Server::start();
    let mut noise = vec![0; 5_000_000];
    fastrand::Rng::with_seed(1).fill(&mut noise);
    let package = make_zip([("noise", noise, Mode::File), ("zeros", vec![0; 3_000_000], Mode::File)]).unwrap();
    server.put("fn.zip", &package);
    let object = server.endpoint("a/secret+of=ours").get(&wanted("deployments", "fn.zip")).unwrap().unwrap();
    let Body::Arriving { announced_bytes, reader } = object.body else { panic!("an object arrives") };
    let packages = Packages::new();
    let mut intake = packages.intake(announced_bytes, &Limits::default()).unwrap();
    intake.push_all(reader).unwrap().unwrap();
    let taken = intake.finish().unwrap();
    assert_eq!((taken.digest(), taken.contents().files), (Digest::of(&package), 2));
}

#[test]
fn what_is_missing_or_wrongly_signed_is_told_apart() {
    let server = Server::start();
    server.put("fn.zip", b"");
    let endpoint = server.endpoint("a/secret+of=ours");
    // This server says of a bucket that is not there that the key is not.
    for (bucket, key) in [("deployments", "other.zip"), ("nowhere", "fn.zip")] {
        assert_eq!(endpoint.get(&wanted(bucket, key)).unwrap().unwrap_err(), Refusal::NoSuchKey);
    }
    let refusal = server.endpoint("another").get(&wanted("deployments", "fn.zip")).unwrap().unwrap_err();
    assert!(matches!(&refusal, Refusal::Other { code, .. } if code == "SignatureDoesNotMatch"), "{refusal:?}");
    let unsigned = Endpoint::new(&server.url, None, None).unwrap();
    let refusal = unsigned.get(&wanted("deployments", "fn.zip")).unwrap().unwrap_err();
    assert!(matches!(refusal, Refusal::AccessDenied { .. }), "{refusal:?}");
}
