import { puerto, type Regla, texto, type Variable } from 'seedwork/infraestructura/variables.ts'

const direccionSmtp: Variable<string> = {
  defecto: '',
  secreta: true,
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
 * Lo que las notificaciones leen de su entorno, y nada más. En `npm start`, sin `SMTP_URL`, hay un buzón; sin `CORREO_PAGINA`, el
 * enlace de los correos va a donde la interfaz escucha.
 */
export const variablesNotificaciones = {
  SMTP_URL: direccionSmtp,
  CORREO_REMITENTE: direccionDeCorreo,
  CORREO_PAGINA: direccionDePagina,
}

/** Aparte no hay buzón a donde mandarlos. */
export const conServidorDeCorreo: Regla = ({ SMTP_URL }) => (SMTP_URL ? undefined : `SMTP_URL=: debe ser ${direccionSmtp.debeSer}.`)

/** Dónde se miran su salud y sus medidas, en un proceso aparte. */
export const variablesDeSalud = { NOTIFICACIONES_HOST: texto('127.0.0.1'), NOTIFICACIONES_PUERTO: puerto(5679) } as const
