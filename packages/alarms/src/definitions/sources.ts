/** AWS's list of recommended alarms. */
export const awsRecommended =
  'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html#RDS';
export const volumeTable =
  'the table of instance classes; https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html';
/** The project's own rule, where nobody publishes one. */
export const ownRule = 'own rule; AWS recommends none';
