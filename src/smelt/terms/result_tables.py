"""Tables of what is learned: model versions, scores and episodes."""

import pyarrow as pa

from smelt.terms.observation import TIME
from smelt.terms.table_spec import DEVICE_COLUMN, MONTH_COLUMN, TableSpec, key_column

CONTRIBUTIONS = pa.list_(pa.struct([pa.field("signal", pa.string()), pa.field("share", pa.float32())]))

SCORES = TableSpec(
    "results/scores",
    "a scored device-minute of a model version",
    pa.schema(
        [
            MONTH_COLUMN,
            DEVICE_COLUMN,
            key_column("minute", TIME, "start of the minute"),
            key_column("model_version", pa.string(), "the model that scored it"),
            key_column("score", pa.float32(), "forest score, higher is more abnormal"),
            key_column("severity", pa.float32(), "0-100; 75 is the threshold that the budget gives"),
            key_column("threshold", pa.float32(), "score at severity 75"),
            key_column("contributions", CONTRIBUTIONS, "signals by share of the score, largest first, at most 8"),
        ]
    ),
    ("month",),
    ("device_uuid", "minute"),
)

EPISODES = TableSpec(
    "results/episodes",
    "an episode: merged alarms of one device",
    pa.schema(
        [
            key_column("episode_id", pa.string(), "from device, start and model version"),
            DEVICE_COLUMN,
            key_column("start", TIME, "inclusive"),
            key_column("end", TIME, "exclusive"),
            key_column("is_open", pa.bool_(), "true if it had not closed at the last scored minute"),
            key_column("model_version", pa.string(), "the model that found it"),
            key_column("peak_time", TIME, "minute of the highest score"),
            key_column("peak_score", pa.float32(), "highest score"),
            key_column("peak_severity", pa.float32(), "highest severity"),
            key_column("scored_minutes", pa.int64(), "scored minutes in it"),
            key_column("alarm_minutes", pa.int64(), "minutes at severity 75 or more"),
            key_column("is_provisional", pa.bool_(), "true if the model had too few minutes behind it"),
            key_column("contributions", CONTRIBUTIONS, "signals by share over the alarm minutes; they sum to 1"),
        ]
    ),
    (),
    ("device_uuid", "start"),
)

MODELS = TableSpec(
    "models/versions",
    "a model version: one forest of one device",
    pa.schema(
        [
            key_column("model_version", pa.string(), "from device, features, training interval and settings"),
            DEVICE_COLUMN,
            key_column("class_name", pa.string(), "class whose features it reads"),
            key_column("trained_from", TIME, "first training minute"),
            key_column("trained_to", TIME, "the training cut: scored minutes begin here"),
            key_column("calibrated_to", TIME, "end of the held-out minutes"),
            key_column("training_minutes", pa.int64(), "running minutes that trained it"),
            key_column("calibration_minutes", pa.int64(), "running minutes that calibrated it"),
            key_column("running_minutes", pa.int64(), "running minutes that there were when it was trained"),
            key_column("is_provisional", pa.bool_(), "under 3,000 training or 1,500 calibration minutes"),
            key_column("days_wanted", pa.float64(), "days of the device's usual running until it is not provisional"),
            key_column("threshold", pa.float32(), "score at severity 75"),
            key_column("factor", pa.float64(), "each 5 points of severity above 75 are this many times rarer"),
            key_column("calibration", pa.string(), "JSON: the held-out tail that severity is read from"),
            key_column("features", pa.list_(pa.string()), "feature columns in order"),
            key_column("bands", pa.string(), "JSON: signal -> [1st, 99th percentile] of its training minutes"),
            key_column("path", pa.string(), "the forest's file below the lake"),
            key_column("sha256", pa.string(), "of that file"),
            key_column("plan", pa.int64(), "training plan that made it: of a device's versions the latest rules"),
        ]
    ),
)
