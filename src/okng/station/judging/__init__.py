"""From a request to an answer on record: admission, intake, the shadow, the recorder."""
