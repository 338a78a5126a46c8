"""The service under load: `python -m benchmarks.serve RUN --out serve.json`."""
