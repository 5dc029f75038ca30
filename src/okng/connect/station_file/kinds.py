"""Kinds of sources and sinks that come with okng; another package adds its own by entry points."""

SOURCES = {
    "folder": "okng.connect.sources.folder:FolderSettings",
    "camera": "okng.connect.sources.camera:CameraSourceSettings",
    "mqtt": "okng.connect.sources.mqtt:MqttSourceSettings",
    "bucket": "okng.connect.sources.bucket:BucketSettings",
}
SINKS = {
    "mqtt": "okng.connect.sinks.mqtt:MqttSettings",
    "opcua-server": "okng.connect.sinks.opcua_server:OpcUaServerSettings",
    "webhook": "okng.connect.sinks.webhook:WebhookSettings",
    "central": "okng.connect.sinks.central:CentralSettings",
    "journal": "okng.connect.sinks.journal:JournalSettings",
}
SOURCE_GROUP, SINK_GROUP = "okng.sources", "okng.sinks"
