#!/usr/bin/env python3
"""Images per second of a ViT in OpenVINO, from the same ONNX file as ONNX Runtime.

    python3 benchmarks/peers/vit_openvino.py --body build/peers/vit_b_16.safetensors --batch 8 --threads 2 \\
        --hint THROUGHPUT

--precision  fp32  products in f32
             int8  as NNCF quantises it, the rest in f32
             best  what OpenVINO picks for this processor (bf16 where there is AVX512_BF16 or AMX, else f32)
--hint       LATENCY     one batch in flight, all threads work on it
             THROUGHPUT  as many batches in flight as OpenVINO asks for, so more images at a time than --batch
"""
import openvino

import peer


def queue_of(compiled, count):
    """Runs `count` batches side by side and gives back their features in order."""
    requests = [compiled.create_infer_request() for _ in range(count)]

    def run(batches):
        for request, images in zip(requests, batches):
            request.start_async({0: images}, share_inputs=True)
        for request in requests:
            request.wait()
        return [request.get_output_tensor().data.copy() for request in requests]

    return run


def main():
    parser = peer.flags("Images per second of a ViT in OpenVINO.", ["fp32", "int8", "best"])
    parser.add_argument("--hint", choices=["LATENCY", "THROUGHPUT"], default="LATENCY")
    given = peer.read_flags(parser)
    file = peer.beside(given.body, "int8.xml" if given.precision == "int8" else "onnx")
    if not file.exists():
        peer.not_here(f"{file} does not exist; export_vit.py makes it where NNCF is installed")
    core = openvino.Core()
    model = core.read_model(file)
    model.reshape([given.batch, 3, 224, 224])  # a fixed size lets it plan memory
    settings = {"PERFORMANCE_HINT": given.hint, "INFERENCE_NUM_THREADS": given.threads}
    if given.precision != "best":
        settings["INFERENCE_PRECISION_HINT"] = "f32"
    compiled = core.compile_model(model, "CPU", settings)
    in_flight = compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS") if given.hint == "THROUGHPUT" else 1
    queue = queue_of(compiled, in_flight)
    run = queue if in_flight > 1 else lambda images: queue([images])[0]
    figures = peer.measured(given, run, in_flight)
    peer.report(given, f"openvino {given.hint.lower()}", openvino.get_version().split("-")[0], figures)


if __name__ == "__main__":
    main()
