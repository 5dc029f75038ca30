"""Events as AWS Lambda gets them: of a function URL, of a load balancer, of a direct call."""

import base64
from typing import Any

Event = dict[str, Any]


def url_event(
    body: bytes, path: str = "/invocations", *, kind: str = "image/png", method: str = "POST",
    query: str = "", **headers: str,
) -> Event:  # fmt: skip
    """A request by a function URL, form 2.0, as AWS sends binary bodies."""
    return {
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
        "headers": {
            "content-type": kind, "content-length": str(len(body)),
            "host": "abc.lambda-url.eu-central-1.on.aws", "x-forwarded-proto": "https",
            "x-forwarded-port": "443", "x-forwarded-for": "203.0.113.7", **headers,
        },
        "requestContext": {
            "accountId": "123456789012", "apiId": "abc", "domainName": "abc.lambda-url.on.aws",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1",
                     "sourceIp": "203.0.113.7", "userAgent": "test"},
            "requestId": "id", "routeKey": "$default", "stage": "$default",
            "time": "29/Nov/2026:12:00:00 +0000", "timeEpoch": 1_796_000_000_000,
        },
        "body": base64.b64encode(body).decode(), "isBase64Encoded": True,
    }  # fmt: skip


def balancer_event(body: bytes, path: str = "/invocations", *, kind: str = "image/png") -> Event:
    """A request by an application load balancer."""
    group = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/okng/1"
    return {
        "requestContext": {"elb": {"targetGroupArn": group}}, "httpMethod": "POST", "path": path,
        "queryStringParameters": {"serial": "A%2F7"},
        "headers": {
            "content-type": kind, "content-length": str(len(body)), "host": "okng.example",
            "x-forwarded-for": "203.0.113.7", "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "body": base64.b64encode(body).decode(), "isBase64Encoded": True,
    }  # fmt: skip


def direct_event(photo: bytes, **about: str) -> Event:
    """A direct call, as of `aws lambda invoke`."""
    return {"photo": base64.b64encode(photo).decode(), **about}
