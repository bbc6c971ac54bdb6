"""The process of the server's own cluster: `python -m rnn_core.jobs WORKERS MEMORY`. Started by `cluster.Cluster`."""

import sys

from rnn_core.jobs.cluster import main

if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
