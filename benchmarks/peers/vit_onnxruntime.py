#!/usr/bin/env python3
"""Images per second of a ViT in ONNX Runtime, all graph optimisations on.

    python3 benchmarks/peers/vit_onnxruntime.py --body build/peers/vit_b_16.safetensors --batch 8 --threads 2

--precision  fp32        with ONNX Runtime's own attention, the fastest
             fp32-plain  standard operators, as an exporter writes them
             int8        dynamic quantisation: scales of activations are found anew in each run
"""
import onnxruntime

import peer

FILES = {"fp32": "ort.onnx", "fp32-plain": "onnx", "int8": "int8.onnx"}


def main():
    parser = peer.flags("Images per second of a ViT in ONNX Runtime.", list(FILES))
    parser.add_argument("--no-spin", action="store_true", help="threads sleep between products instead of spinning")
    given = peer.read_flags(parser)
    file = peer.beside(given.body, FILES[given.precision])
    if not file.exists():
        parser.error(f"{file} does not exist; export_vit.py makes it")
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.intra_op_num_threads = given.threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0" if given.no_spin else "1")
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    figures = peer.measured(given, lambda images: session.run(None, {"images": images})[0])
    peer.report(given, "onnxruntime", onnxruntime.__version__, figures)


if __name__ == "__main__":
    main()
