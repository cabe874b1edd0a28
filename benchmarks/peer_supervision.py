"""supervision's `process_video` with an ONNX detector; a script on its own, with no import of ours.

``python peer_supervision.py MODEL.onnx CLIP OUT.mp4 THREADS CONFIDENCE`` prints frames per second.
Run it with a Python that has supervision; 0 threads are ONNX Runtime's defaults.
"""

import sys
import time

import cv2
import numpy as np
import onnxruntime
import supervision as sv

NMS_IOU = 0.6


def main(model: str, clip: str, out: str, threads: int, confidence: float) -> None:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    shapes = {value.name: value.shape for value in session.get_inputs()}
    height, width = shapes["frame"][1:3]
    names = [value.name for value in session.get_outputs()]
    boxes, labels, frames = sv.BoxAnnotator(), sv.LabelAnnotator(), 0

    def annotate(image: np.ndarray, index: int) -> np.ndarray:
        nonlocal frames
        frames += 1
        small = cv2.cvtColor(cv2.resize(image, (width, height)), cv2.COLOR_BGR2RGB)
        feed = {"frame": small[None], "dt_s": np.full(1, 1 / 30, np.float32)}
        said = dict(zip(names, session.run(None, {n: feed[n] for n in shapes}), strict=True))
        found = {name.rpartition(".")[2]: value[0] for name, value in said.items()}
        sure = found["confidence"] >= confidence
        sides = [image.shape[1], image.shape[0]] * 2
        seen = sv.Detections(
            xyxy=found["boxes"][sure] * sides,
            confidence=found["confidence"][sure],
            class_id=found["class_id"][sure],
        ).with_nms(NMS_IOU)
        return labels.annotate(boxes.annotate(image, seen), seen)

    begun_s = time.perf_counter()
    sv.process_video(source_path=clip, target_path=out, callback=annotate)
    print(frames / (time.perf_counter() - begun_s))


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]), float(sys.argv[5]))
