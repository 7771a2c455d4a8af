"""Requests that no client of good will sends, and what becomes of each."""

from __future__ import annotations

from raw import CLOSED, HALF_CLOSE, HEALTH, OPEN, request

CODE = "/2015-03-31/functions/app/code"
LIST = "/2015-03-31/functions"
#: What would be done to the state if somebody were smuggled in.
DELETE = b"DELETE /2015-03-31/functions/app HTTP/1.1\r\nHost: localhost\r\n\r\n"
CHUNKED = "Transfer-Encoding: chunked"


def put(*lines, body=b"", path=CODE, method="PUT", version="HTTP/1.1", end="\r\n"):
    """Write a request with just these headers."""
    return end.join([f"{method} {path} {version}", *lines, "", ""]).encode("latin-1") + body


def host(*lines, **parts):
    return put("Host: localhost", *lines, **parts)


def get(path, *lines, **parts):
    return host(*lines, path=path, method="GET", **parts)


def code(text, path=CODE):
    """Write an update with this text as its body."""
    return request("PUT", path, text if isinstance(text, bytes) else text.encode())


def chunks(body, *lines, path=CODE):
    return host(CHUNKED, *lines, path=path, body=body)


def admin(path, text, method="POST"):
    return request(method, f"/_drylambda/{path}", text.encode())


DRY = b'{"DryRun":true}'

JSON = {
    "an empty body": [code(""), "400 InvalidParameterValueException", OPEN],
    "no JSON": [code("ZipFile=UEsF"), "400 SerializationException", OPEN],
    "an open object": [code("{"), "400 SerializationException", OPEN],
    "a missing value": [code('{"DryRun":'), "400 SerializationException", OPEN],
    "a trailing comma": [code('{"DryRun":true,}'), "400 SerializationException", OPEN],
    "two documents": [code("{}{}"), "400 SerializationException", OPEN],
    "an array": [code("[]"), "400 SerializationException", OPEN],
    "a text": [code('"x"'), "400 SerializationException", OPEN],
    "a bare NaN": [code('{"DryRun":NaN}'), "400 SerializationException", OPEN],
    "an open text": [code('{"S3Key":"x'), "400 SerializationException", OPEN],
    "a bad escape": [code('{"S3Key":"\\x"}'), "400 SerializationException", OPEN],
    "half of a pair of surrogates": [code('{"S3Key":"\\ud800"}'), "400 SerializationException", OPEN],
    "a control character in a text": [code('{"S3Key":"\x01"}'), "400 SerializationException", OPEN],
    "text that is not UTF-8": [code(b'{"S3Key":"\xff\xfe"}'), "400 SerializationException", OPEN],
    "overlong UTF-8": [code(b'{"S3Key":"\xc0\xaf"}'), "400 SerializationException", OPEN],
    "UTF-16": [code('{"DryRun":true}'.encode("utf-16")), "400 SerializationException", OPEN],
    "a byte order mark": [code(b"\xef\xbb\xbf{}"), "400 SerializationException", OPEN],
    "a NUL behind the document": [code(b"{}\0"), "400 SerializationException", OPEN],
    "a wrong type": [code('{"ZipFile":7}'), "400 SerializationException", OPEN],
    "a wrong type in a list": [code('{"Architectures":[{}]}'), "400 SerializationException", OPEN],
    "a huge number": [code('{"DryRun":1e999}'), "400 SerializationException", OPEN],
    "a number of 100,000 digits": [code('{"Publish":' + "9" * 100_000 + "}"), "400 SerializationException", OPEN],
    "the same key twice": [code('{"ZipFile":"UEsF","ZipFile":"UEsG"}'), "400 InvalidParameterValueException", OPEN],
    "the same key escaped": [
        code('{"ZipFile":"UEsF","Zip\\u0046ile":"UEsG"}'),
        "400 InvalidParameterValueException",
        OPEN,
    ],
    "100,000 arrays in one another": [
        code('{"x":' + "[" * 100_000 + "]" * 100_000 + "}"),
        "400 InvalidParameterValueException",
        OPEN,
    ],
    "100,000 open arrays": [code("[" * 100_000), "400 SerializationException", OPEN],
    "100,000 objects in one another": [
        code('{"ZipFile":' * 100_000 + "1" + "}" * 100_000),
        "400 SerializationException",
        OPEN,
    ],
    "100,000 members": [
        code("{" + ",".join(f'"m{it}":0' for it in range(100_000)) + "}"),
        "400 InvalidParameterValueException",
        OPEN,
    ],
    "base64 that is none": [code('{"ZipFile":"*"}'), "400 SerializationException", OPEN],
    "base64 without its padding": [code('{"ZipFile":"UEsFB"}'), "400 SerializationException", OPEN],
    "a package of an open text": [code('{"ZipFile":"' + "UEsF" * 50_000), "400 SerializationException", OPEN],
}

HEADS = {
    "a header of 64 KiB": [get(LIST, "X: " + "x" * 65536), "431", CLOSED],
    "1,000 headers": [get(LIST, *(f"X-{it}: x" for it in range(1000))), "431", CLOSED],
    "a header without colon": [get(LIST, "Nothing"), "400", CLOSED],
    "a header without name": [get(LIST, ": x"), "400", CLOSED],
    "a space before the colon": [get(LIST, "X : x"), "400", CLOSED],
    "a folded header": [get(LIST, "X: a", " b"), "400", CLOSED],
    "a NUL in a header": [get(LIST, "X: a\0b"), "400", CLOSED],
    "a bare CR in a header": [get(LIST, "X: a\rb"), "400", CLOSED],
    "a header that is not UTF-8": [get(LIST, "X-Amz-Meta: \xff\xfe"), "200", OPEN],
    "no host": [put(path=LIST, method="GET"), "400 BadRequestException", CLOSED],
    "two hosts": [get(LIST, "Host: other"), "400 BadRequestException", CLOSED],
    "an empty host": [put("Host:", path=LIST, method="GET"), "200", OPEN],
    "a host that is not UTF-8": [put("Host: \xff", path=LIST, method="GET"), "400 BadRequestException", CLOSED],
    "a host that is a path": [
        put("Host: ../../etc", path="/_drylambda/reset", method="POST"),
        "400 BadRequestException",
        CLOSED,
    ],
    "an authorization that is none": [get(LIST, "Authorization: Credential=////////"), "200", OPEN],
    "an authorization that is not UTF-8": [
        get(LIST, "Authorization: AWS4-HMAC-SHA256 Credential=\xff/1/2/lambda/x"),
        "200",
        OPEN,
    ],
    "100 authorizations": [
        get(LIST, *["Authorization: AWS4-HMAC-SHA256 Credential=a/b/c/d/e"] * 100),
        "501 DrylambdaNotImplemented",
        OPEN,
    ],
    "an upgrade": [get(LIST, "Connection: Upgrade", "Upgrade: websocket"), "200", OPEN],
    "an upgrade to HTTP/2": [
        get(LIST, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
        "200",
        OPEN,
    ],
}

LINES = {
    "HTTP/0.9": [b"GET /\r\n\r\n", "400", CLOSED],
    "HTTP/3.0": [get(LIST, version="HTTP/3.0"), "400", CLOSED],
    "HTTP/1.2": [get(LIST, version="HTTP/1.2"), "400", CLOSED],
    "no HTTP": [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64), "400", CLOSED],
    "zeros": [bytes(1000), "400", CLOSED],
    "an empty method": [host(path=LIST, method=""), "400", CLOSED],
    "a method of other characters": [host(path=LIST, method="G(T"), "400", CLOSED],
    "an unknown method": [host(path=LIST, method="BREW"), "404 UnknownOperationException", OPEN],
    "a method in small letters": [host(path=LIST, method="get"), "404 UnknownOperationException", OPEN],
    "TRACE": [host(path=LIST, method="TRACE"), "404 UnknownOperationException", OPEN],
    "CONNECT": [host(path="localhost:80", method="CONNECT"), "400 BadRequestException", CLOSED],
    "OPTIONS for everything": [host(path="*", method="OPTIONS"), "400 InvalidURI", OPEN],
    "a method of 64 KiB": [host(path=LIST, method="A" * 65536), "431", CLOSED],
    "a URI of 64 KiB": [get("/" + "a" * 65536), "431", CLOSED],
    "a query of 60 KiB": [get(LIST + "?" + "a=b&" * 15_000), "200", OPEN],
    "a URI without slash": [get("functions"), "400 BadRequestException", CLOSED],
    "a space in the URI": [get(LIST + "/a b"), "400", CLOSED],
    "a fragment": [get(LIST + "#x"), "200", OPEN],
    "a path that is not UTF-8": [get(LIST + "/\xff\xfe"), "400", CLOSED],
    "a query that is not UTF-8": [get(LIST + "?Marker=\xff"), "400", CLOSED],
    "a NUL in the path": [get(LIST + "/\0"), "400", CLOSED],
    "a percent sign that escapes nothing": [get(LIST + "/%zz"), "400 ValidationException", OPEN],
    "a percent sign alone": [get(LIST + "/%"), "400 ValidationException", OPEN],
    "an escaped NUL": [get(LIST + "/%00"), "400 ValidationException", OPEN],
    "an escape that is not UTF-8": [get(LIST + "/%ff%fe"), "400 ValidationException", OPEN],
    "an overlong escape": [get(LIST + "/%c0%af"), "400 ValidationException", OPEN],
    "escapes in a query": [get(LIST + "?MaxItems=%zz&Marker=%ff%00&%=%"), "400 SerializationException", OPEN],
    "a path that climbs": [get("/2015-03-31/functions/../../../etc/passwd"), "404 UnknownOperationException", OPEN],
    "an escaped path that climbs": [get("/bucket/%2e%2e%2f%2e%2e%2fetc%2fpasswd"), "404 NoSuchKey", OPEN],
    "the URI of another server": [get("http://other.example.com" + LIST), "400 BadRequestException", CLOSED],
    "the URI of a file": [get("file:///etc/passwd"), "400", CLOSED],
    "lines that end with LF": [get(LIST, end="\n"), "200", OPEN],
    "empty lines before a request": [b"\r\n\r\n\r\n" + get(LIST), "200", OPEN],
    "nothing but empty lines": [b"\r\n" * 50_000, HALF_CLOSE, "431", CLOSED],
}

LENGTHS = {
    "more than announced": [
        host("Content-Length: 2", body=b"{}GARBAGE\r\n\r\n"),
        "400 InvalidParameterValueException",
        "400",
        CLOSED,
    ],
    "less than announced": [host("Content-Length: 50", body=DRY), HALF_CLOSE, CLOSED],
    "a negative length": [host("Content-Length: -1", body=DRY), "400", CLOSED],
    "a length with a sign": [host("Content-Length: +15", body=DRY), "400", CLOSED],
    "a huge length": [host("Content-Length: 99999999999999999999"), "400", CLOSED],
    "the largest length": [host("Content-Length: 18446744073709551615"), HALF_CLOSE, "431", CLOSED],
    "a length that is no number": [host("Content-Length: many", body=DRY), "400", CLOSED],
    "a length in hexadecimal": [host("Content-Length: 0xf", body=DRY), "400", CLOSED],
    "an empty length": [host("Content-Length:", body=DRY), "400", CLOSED],
    "two lengths": [host("Content-Length: 15", "Content-Length: 0", body=DRY), "400", CLOSED],
    "a list of lengths": [host("Content-Length: 15, 15", body=DRY), "400", CLOSED],
    "two equal lengths": [
        host("Content-Length: 15", "Content-Length: 15", body=DRY),
        "400 InvalidParameterValueException",
        OPEN,
    ],
    "a body over Lambda's limit": [
        host("Content-Length: 80000000"),
        HALF_CLOSE,
        "413 RequestEntityTooLargeException",
        CLOSED,
    ],
    "a body over S3's limit": [
        host("Content-Length: 6000000000", path="/bucket/key"),
        HALF_CLOSE,
        "400 EntityTooLarge",
        CLOSED,
    ],
    "an object that ends too early": [host("Content-Length: 1000", path="/bucket/key", body=b"x"), HALF_CLOSE, CLOSED],
    "a body for a GET": [get(LIST, "Content-Length: 5", body=b"hello"), "400 SerializationException", OPEN],
    "a request behind another": [
        get(LIST, "Content-Length: 0") + HEALTH + get("/2015-03-31/functions/gone"),
        "200",
        "200",
        "404 ResourceNotFoundException",
        OPEN,
    ],
}

SMUGGLING = {
    "a length and chunks": [
        host("Content-Length: 4", CHUNKED, body=b"0\r\n\r\n" + DELETE),
        "400 InvalidParameterValueException",
        CLOSED,
    ],
    "chunks and a length": [
        host(CHUNKED, "Content-Length: 4", body=b"0\r\n\r\n" + DELETE),
        "400 InvalidParameterValueException",
        CLOSED,
    ],
    "a longer length and chunks": [
        host("Content-Length: 500", CHUNKED, body=b"0\r\n\r\n" + DELETE),
        "400 InvalidParameterValueException",
        CLOSED,
    ],
    "chunks twice": [host(CHUNKED, CHUNKED, body=b"0\r\n\r\n" + DELETE), "400 BadRequestException", CLOSED],
    "chunked chunks": [
        host("Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n" + DELETE),
        "400 BadRequestException",
        CLOSED,
    ],
    "gzip": [host("Transfer-Encoding: gzip", body=DELETE), "400", CLOSED],
    "gzip and chunks": [
        host("Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n" + DELETE),
        "400 BadRequestException",
        CLOSED,
    ],
    "chunks and gzip": [host("Transfer-Encoding: chunked, gzip", body=b"0\r\n\r\n" + DELETE), "400", CLOSED],
    "identity and a length": [
        host("Transfer-Encoding: identity", "Content-Length: 15", body=DRY + DELETE),
        "400",
        CLOSED,
    ],
    "an encoding nobody knows": [host("Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + DELETE), "400", CLOSED],
    "an encoding in quotes": [host('Transfer-Encoding: "chunked"', body=b"0\r\n\r\n" + DELETE), "400", CLOSED],
    "a tab before the colon": [
        host("Transfer-Encoding\t: chunked", "Content-Length: 4", body=b"0\r\n\r\n" + DELETE),
        "400",
        CLOSED,
    ],
    "a vertical tab before chunked": [
        host("Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n" + DELETE),
        "400",
        CLOSED,
    ],
    "chunks in HTTP/1.0": [host(CHUNKED, version="HTTP/1.0", body=b"0\r\n\r\n" + DELETE), "400", CLOSED],
    "a size that wraps around": [chunks(b"10000000000000000\r\n" + DELETE), CLOSED],
    "a size with a sign": [chunks(b"-5\r\nhello\r\n0\r\n\r\n" + DELETE), CLOSED],
    "a size in another notation": [chunks(b"0x5\r\nhello\r\n0\r\n\r\n" + DELETE), CLOSED],
    "a line feed behind a size": [chunks(b"0\n\n" + DELETE), CLOSED],
    "a line feed in an extension": [chunks(b"2;a\nxx\r\n0\r\n\r\n" + DELETE), CLOSED],
}

CHUNKS = {
    "no size": [chunks(b"\r\nhello\r\n0\r\n\r\n"), CLOSED],
    "a size that is no number": [chunks(b"size\r\nhello\r\n0\r\n\r\n"), CLOSED],
    "a size that is too small": [chunks(b"3\r\nhello\r\n0\r\n\r\n"), CLOSED],
    "a size that is too large": [chunks(b"f\r\nhello\r\n0\r\n\r\n"), HALF_CLOSE, CLOSED],
    "chunks that do not end": [chunks(b"2\r\n{}\r\n"), HALF_CLOSE, CLOSED],
    "extensions": [chunks(b"2;name=value\r\n{}\r\n0;x\r\n\r\n"), "400 InvalidParameterValueException", OPEN],
    "an extension of 64 KiB": [chunks(b"2;" + b"x" * 65536 + b"\r\n{}\r\n0\r\n\r\n"), CLOSED],
    "trailers": [chunks(b"2\r\n{}\r\n0\r\nX: y\r\n\r\n", "Trailer: X"), "400 InvalidParameterValueException", OPEN],
    "a trailer without colon": [chunks(b"2\r\n{}\r\n0\r\nNothing\r\n\r\n"), CLOSED],
    "a trailer of 64 KiB": [chunks(b"2\r\n{}\r\n0\r\nX: " + b"y" * 65536 + b"\r\n\r\n"), CLOSED],
    "10,000 trailers": [chunks(b"2\r\n{}\r\n0\r\n" + b"X: y\r\n" * 10_000 + b"\r\n"), CLOSED],
    "50,000 chunks of a byte": [
        chunks(b"1\r\n{\r\n" + b"1\r\n \r\n" * 50_000 + b"1\r\n}\r\n0\r\n\r\n"),
        "400 InvalidParameterValueException",
        OPEN,
    ],
}

HALVES = {
    "half of a method": [b"GE", HALF_CLOSE, CLOSED],
    "half of a head": [b"GET / HTTP/1.1\r\nHos", HALF_CLOSE, CLOSED],
    "nothing at all": [HALF_CLOSE, CLOSED],
    "a whole request, and no more": [get(LIST), HALF_CLOSE, "200", CLOSED],
    "a whole body, and no more": [code("{}"), HALF_CLOSE, "400 InvalidParameterValueException", CLOSED],
    "a large body, and no more": [
        code('{"x":"' + "x" * 200_000 + '"}'),
        HALF_CLOSE,
        "400 InvalidParameterValueException",
        CLOSED,
    ],
}

EXPECTATIONS = {
    "a body that is asked for": [
        host("Expect: 100-continue", "Content-Length: 15"),
        "100",
        DRY,
        "400 InvalidParameterValueException",
        OPEN,
    ],
    "chunks that are asked for": [
        chunks(b"", "Expect: 100-continue"),
        "100",
        b"2\r\n{}\r\n0\r\n\r\n",
        "400 InvalidParameterValueException",
        OPEN,
    ],
    "a body over the limit, asked for": [
        host("Expect: 100-continue", "Content-Length: 80000000"),
        "413 RequestEntityTooLargeException",
        CLOSED,
    ],
    "a gigantic body, asked for": [
        host("Expect: 100-continue", "Content-Length: 9223372036854775807", path="/bucket/key"),
        "400 EntityTooLarge",
        CLOSED,
    ],
    "an expectation nobody knows": [
        host("Expect: the-unexpected", "Content-Length: 2", body=b"{}"),
        "400 InvalidParameterValueException",
        OPEN,
    ],
}

AWS_CHUNKED = ("Content-Encoding: aws-chunked", "X-Amz-Content-SHA256: STREAMING-UNSIGNED-PAYLOAD-TRAILER")


def object_of(body, length, path="/bucket/key"):
    lines = (*AWS_CHUNKED, f"X-Amz-Decoded-Content-Length: {length}", f"Content-Length: {len(body)}")
    return host(*lines, path=path, body=body)


def post(path, body):
    return request("POST", path, body if isinstance(body, bytes) else body.encode())


PARTS = '<CompleteMultipartUpload><Part><PartNumber>{}</PartNumber><ETag>"x"</ETag></Part></CompleteMultipartUpload>'

S3 = {
    "more than was decoded": [object_of(b"5\r\nhello\r\n0\r\n\r\n", 4), "400 IncompleteBody", OPEN],
    "less than was decoded": [object_of(b"5\r\nhello\r\n0\r\n\r\n", 6), "400 IncompleteBody", OPEN],
    "a frame that is none": [object_of(b"hello", 5), "400 IncompleteBody", OPEN],
    "a frame of a gigabyte": [object_of(b"40000000\r\nhello\r\n0\r\n\r\n", 5), "400 IncompleteBody", OPEN],
    "frames without their end": [object_of(b"5\r\nhello\r\n", 5), "400 IncompleteBody", OPEN],
    "a wrong checksum behind": [
        object_of(b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", 5),
        "400 BadDigest",
        OPEN,
    ],
    "a decoded length that is none": [
        object_of(b"5\r\nhello\r\n0\r\n\r\n", "many", "/gone/key"),
        "404 NoSuchBucket",
        OPEN,
    ],
    "a gigantic decoded length": [object_of(b"5\r\nhello\r\n0\r\n\r\n", 2**63), "400 EntityTooLarge", OPEN],
    "chunks of no length": [chunks(b"5\r\nhello\r\n0\r\n\r\n", path="/bucket/key"), "411 MissingContentLength", OPEN],
    "a wrong MD5": [
        host("Content-MD5: AAAA", "Content-Length: 1", path="/bucket/key", body=b"x"),
        "400 InvalidDigest",
        OPEN,
    ],
    "no XML": [post("/bucket?delete", "{}"), "400 MalformedXML", OPEN],
    "XML that does not end": [post("/bucket?delete", "<Delete><Object>"), "400 MalformedXML", OPEN],
    "a billion laughs": [
        post(
            "/bucket?delete",
            '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><Delete><Object><Key>&b;</Key></Object></Delete>',
        ),
        "400 MalformedXML",
        OPEN,
    ],
    "an outside entity": [
        post(
            "/bucket?delete",
            '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&a;</Key></Object></Delete>',
        ),
        "400 MalformedXML",
        OPEN,
    ],
    "100,000 elements in one another": [
        post("/bucket?delete", "<a>" * 100_000 + "</a>" * 100_000),
        "400 MalformedXML",
        OPEN,
    ],
    "XML that is not UTF-8": [
        post("/bucket?delete", b"<Delete><Object><Key>\xff\xfe</Key></Object></Delete>"),
        "400 MalformedXML",
        OPEN,
    ],
    "a part of no number": [post("/bucket/key?uploadId=x", PARTS.format("one")), "400 MalformedXML", OPEN],
    "a part of a huge number": [post("/bucket/key?uploadId=x", PARTS.format("9" * 40)), "400 MalformedXML", OPEN],
    "a range from behind": [get("/bucket/object", "Range: bytes=5-1"), "200", OPEN],
    "a range beyond the end": [get("/bucket/object", "Range: bytes=99999-"), "416 InvalidRange", OPEN],
    "a copy of a path that climbs": [
        host("X-Amz-Copy-Source: /../../etc/passwd", "Content-Length: 0", path="/bucket/key"),
        "400 InvalidArgument",
        OPEN,
    ],
    "a bucket that cannot be": [request("PUT", "/.."), "400 InvalidBucketName", OPEN],
    "a key of 2,000 bytes": [request("PUT", "/bucket/" + "k" * 2000, b"x"), "400 KeyTooLongError", OPEN],
    "many keys to list": [get("/bucket?list-type=2&max-keys=99999999999999999999"), "400 InvalidArgument", OPEN],
    "a link that never ends": [
        get("/bucket/object?X-Amz-Expires=-1&X-Amz-Date=x&X-Amz-Credential=%2f%2f%2f%2f"),
        "200",
        OPEN,
    ],
}

ADMIN = {
    "100,000 arrays": [admin("faults", "[" * 100_000), "400 DrylambdaBadRequest", OPEN],
    "100,000 arrays of a fault": [
        admin("faults", '{"operation":"*","when":' + "[" * 100_000 + "]" * 100_000 + "}"),
        "400 DrylambdaBadRequest",
        OPEN,
    ],
    "a fault of a huge delay": [admin("faults", '{"operation":"*","delay":1e308}'), "400 DrylambdaBadRequest", OPEN],
    "a fault of too many times": [
        admin("faults", '{"operation":"*","error":"ServiceException","times":99999999999}'),
        "400 DrylambdaBadRequest",
        OPEN,
    ],
    "a fault that is no JSON": [admin("faults", "\0"), "400 DrylambdaBadRequest", OPEN],
    "a clock of NaN": [admin("clock", '{"advance":NaN}'), "400 DrylambdaBadRequest", OPEN],
    "a clock beyond numbers": [admin("clock", '{"advance":1e999}'), "400 DrylambdaBadRequest", OPEN],
    "a clock of text": [admin("clock", '{"freeze":"9999999999-01-01T00:00:00Z"}'), "400 DrylambdaBadRequest", OPEN],
    "a clock of another key": [admin("clock", '{"__proto__":{}}'), "400 DrylambdaBadRequest", OPEN],
    "a path that climbs": [admin("../2015-03-31/functions", ""), "404 DrylambdaNotFound", OPEN],
    "a fault of no number": [admin("faults/99999999999999999999999", "", "DELETE"), "404 DrylambdaNotFound", OPEN],
    "a body of 2 MiB": [admin("faults", " " * 2 * 1024 * 1024), "413 RequestEntityTooLargeException", CLOSED],
    "a reset by another method": [admin("reset", "", "BREW"), "405 DrylambdaMethodNotAllowed", OPEN],
    "a reset by a page": [
        host("Origin: http://page.example.com", "Content-Length: 0", path="/_drylambda/reset", method="POST"),
        "403 DrylambdaForbidden",
        CLOSED,
    ],
    "a reset by another name": [
        put("Host: rebound.example.com", "Content-Length: 0", path="/_drylambda/reset", method="POST"),
        "403 DrylambdaForbidden",
        OPEN,
    ],
}

TABLES = {
    "JSON": JSON, "heads": HEADS, "lines": LINES, "lengths": LENGTHS, "smuggling": SMUGGLING, "chunks": CHUNKS,
    "halves": HALVES, "expectations": EXPECTATIONS, "S3": S3, "admin": ADMIN,
}  # fmt: skip
ROWS = {f"{table}: {name}": steps for table, rows in TABLES.items() for name, steps in rows.items()}
