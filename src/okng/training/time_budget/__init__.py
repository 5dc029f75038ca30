"""`--time-budget`: a cost model of this machine, and the plan chosen by it."""
