"""The articles' systems, each as a chain of stages that carry their state explicitly."""
