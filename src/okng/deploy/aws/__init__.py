"""AWS: SageMaker, Lambda and ECS, each by one template and one small store.

`plan` asks nothing of AWS. `Deployments` creates, compares and removes. Everything that costs
stands in two stacks of CloudFormation, so that nothing is left where they are gone.
"""
