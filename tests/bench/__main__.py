"""Print the stages of a month at three sizes."""

from tests.bench.run import main

main()
