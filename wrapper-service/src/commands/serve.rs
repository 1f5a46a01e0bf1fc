use super::Failure;
use crate::config::Config;
pub fn serve(_c: Config) -> Result<(), Failure> {
    Ok(())
}
pub fn work(_c: Config) -> Result<(), Failure> {
    Ok(())
}
