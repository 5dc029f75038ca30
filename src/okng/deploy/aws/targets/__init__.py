"""What a model file can be deployed as: a SageMaker endpoint, a Lambda function, an ECS service."""

from okng.deploy.aws.targets.target import Content, Place, Target

__all__ = ["Content", "Place", "Target"]
