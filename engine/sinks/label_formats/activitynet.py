"""ActivityNet's JSON (Caba Heilbron et al. 2015): recognised intervals of a recording."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING

from engine.sinks.label_formats.text_writer import TextWriter, frame_s

if TYPE_CHECKING:
    from engine.sinks.labels import Line


class ActivityNetWriter(TextWriter):
    """Writes one file that reads as ground truth (``database``) and as detections (``results``)."""

    def end(self, summary: Line) -> None:
        """Write everything."""
        name, shown_s = PurePath(self.title).stem, frame_s(summary)
        segments = [
            {
                "label": seen["label"],
                "score": seen["peak"],
                "segment": [seen["start_s"], round(seen["end_s"] + shown_s, 6)],
            }
            for seen in summary["intervals"]
        ]
        width, height = self.size
        video = {
            "subset": "validation",
            "duration": round(summary["seconds"] + shown_s, 6),
            "resolution": f"{width}x{height}",
            "annotations": [{k: s[k] for k in ("label", "segment")} for s in segments],
        }
        labels = self.labels("actions")
        taxonomy = [
            {"nodeName": n, "nodeId": i, "parentName": "Root"} for i, n in enumerate(labels)
        ]
        document = {
            "version": "VERSION 1.3",
            "database": {name: video},
            "taxonomy": taxonomy,
            "results": {name: segments},
            "external_data": {"used": True, "details": self.header["software"]},
        }
        json.dump(document, self.file, ensure_ascii=False, indent=1)
        self.file.write("\n")
