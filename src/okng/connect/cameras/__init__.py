"""What takes photos: USB cameras, network streams, video files and GenICam cameras."""
