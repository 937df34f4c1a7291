"""Pictures of the pages that a newcomer meets, of funds made up anew: 1xx are a fund's founding, 2xx its daily work,
3xx what guards it.
"""
