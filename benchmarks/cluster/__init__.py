"""A cluster of RabbitMQ that loses nodes, measured with simulated boxes: `make bench-cluster`."""
