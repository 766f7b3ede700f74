"""The site that tests of the web ask."""

from tests.websites import site as site
