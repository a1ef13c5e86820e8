import { leerVariables, texto, type Variable, VariablesInvalidas } from 'seedwork/infraestructura/variables.ts'

const direccionSmtp: Variable<string> = {
  defecto: '',
  debeSer: 'una dirección como smtp://usuario:clave@servidor:587 o smtps://servidor',
  leer: (valor) => (valor === '' || /^smtps?:$/.test(URL.parse(valor)?.protocol ?? '') ? valor : undefined),
}

const direccionDeCorreo: Variable<string> = {
  defecto: 'reservas@aeroalpes.example',
  debeSer: 'una dirección de correo',
  leer: (valor) => (/^[^\s@<>"]+@[^\s@<>"]+$/.test(valor) ? valor : undefined),
}

const direccionDePagina: Variable<string> = {
  defecto: '',
  debeSer: 'una dirección como https://vuelos.example, sin barra final',
  leer: (valor) => (valor === '' || (/^https?:$/.test(URL.parse(valor)?.protocol ?? '') && !valor.endsWith('/')) ? valor : undefined),
}

/**
 * Lo que las notificaciones leen de su entorno, y nada más. Sin `SMTP_URL`, quien las compone pone un buzón; sin `CORREO_PAGINA`, el
 * enlace de los correos va a donde la interfaz escucha.
 */
export const variablesNotificaciones = {
  SMTP_URL: direccionSmtp,
  CORREO_REMITENTE: direccionDeCorreo,
  CORREO_PAGINA: direccionDePagina,
}

const conDireccion: Variable<string> = {
  defecto: 'localhost',
  debeSer: 'un nombre de máquina, o nombre:puerto',
  leer: (valor) => (/^[A-Za-z0-9._-]+(?::\d{1,5})?$/.test(valor) ? valor : undefined),
}

const PUERTO_DE_LA_API = 5000

/**
 * Dónde están los demás cuando las notificaciones corren aparte. `BROKER_HOST` y `PULSAR_ADDRESS` son dos nombres de lo mismo: vale
 * cualquiera, y con dos valores distintos no se arranca (B47).
 */
export const leerDirecciones = (env: NodeJS.ProcessEnv): Readonly<{ api: string; broker: string }> => {
  const { AEROALPES_ADDRESS, BROKER_HOST, PULSAR_ADDRESS } = leerVariables(
    { AEROALPES_ADDRESS: conDireccion, BROKER_HOST: texto(''), PULSAR_ADDRESS: texto('') },
    env,
  )
  if (BROKER_HOST !== '' && PULSAR_ADDRESS !== '' && BROKER_HOST !== PULSAR_ADDRESS)
    throw new VariablesInvalidas([`BROKER_HOST=${BROKER_HOST} y PULSAR_ADDRESS=${PULSAR_ADDRESS}: son lo mismo, deben ser iguales.`])
  const api = AEROALPES_ADDRESS.includes(':') ? AEROALPES_ADDRESS : `${AEROALPES_ADDRESS}:${PUERTO_DE_LA_API}`
  return { api: `http://${api}`, broker: BROKER_HOST || PULSAR_ADDRESS || 'localhost' }
}
