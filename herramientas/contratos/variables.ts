import { variablesApi } from 'aeroalpes-api/config/variables.ts'
import { variablesDeSalud, variablesNotificaciones } from 'notificaciones/variables.ts'
import { GEMELA, type Variable } from 'seedwork/infraestructura/variables.ts'
import { variablesSidecar } from 'sidecar/variables.ts'
import { variablesUi } from 'ui/variables.ts'

const variables = { ...variablesApi, ...variablesUi, ...variablesNotificaciones, ...variablesDeSalud, ...variablesSidecar }

/** Qué es cada variable. Una sin explicación no compila. */
const EXPLICACION: Readonly<Record<keyof typeof variables, string>> = {
  AEROALPES_HOST: 'Dónde escucha la API. 0.0.0.0 la abre a toda la red.',
  AEROALPES_PUERTO: 'Su puerto; 0 toma cualquiera libre. Sin pedirlo, si el 5000 está ocupado se toma el siguiente.',
  AEROALPES_DATOS: 'La carpeta con todo lo que se guarda. Una relativa cuelga de la raíz del repositorio.',
  BASE_DATOS: 'Dónde se guardan las reservas.',
  AEROALPES_CLAVE_ACTOR:
    'La clave con que los procesos firman quién pide, si no comparten la carpeta de datos. Sin ella, la de la carpeta.',
  BROKER: 'Por dónde viajan los mensajes: dentro del proceso de la API, o por un Pulsar.',
  BROKER_HOST: 'La máquina de Pulsar, o de la API con EMBEBIDO_WS=1. PULSAR_ADDRESS es lo mismo: si se dicen las dos, deben ser iguales.',
  PULSAR_ADDRESS: 'Otro nombre de BROKER_HOST.',
  PULSAR_PUERTO_HTTP: 'El puerto de su API de administración y de WebSocket. Con EMBEBIDO_WS=1, donde el embebido la sirve.',
  PULSAR_TENANT: 'El inquilino de los tópicos.',
  PULSAR_NAMESPACE: 'Su espacio de nombres.',
  PULSAR_TOKEN: 'Con qué se entra. Con EMBEBIDO_WS=1, lo que se exige a quien entra.',
  PULSAR_TLS: 'Con 1, por https y wss.',
  PULSAR_CA: 'El archivo PEM de quien firmó su certificado, si no es de los conocidos.',
  EMBEBIDO_WS: 'Con 1, el broker embebido atiende también a otros procesos, como si fuera un Pulsar.',
  EMBEBIDO_WS_HOST: 'Dónde los atiende. 0.0.0.0 lo abre a toda la red: entonces pon PULSAR_TOKEN.',
  AEROALPES_ESPERA_DEL_BROKER: 'Cuánto se sigue aceptando con Pulsar ausente; pasado, se responde 503 sin escribir nada.',
  AEROALPES_LISTA_ABIERTA: 'Con 1, cualquiera lista las reservas de todos. Para clase, no para producción.',
  AEROALPES_AEROLINEA: 'Cómo responde la aerolínea a lo que se reserva: simulada rechaza cerca del 8 %; las otras, nunca o siempre.',
  AEROALPES_BITACORA: 'Cuánto se anota en la bitácora.',
  UI_HOST: 'Dónde escucha la página. 0.0.0.0 la abre a toda la red.',
  UI_PUERTO: 'Su puerto; 0 toma cualquiera libre. Sin pedirlo, si el 5678 está ocupado se toma el siguiente.',
  UI_ORIGENES: 'Qué otros orígenes pueden usarla, además del propio.',
  SMTP_URL: 'El servidor por donde salen los correos. En npm start, sin él, van al buzón de la página.',
  NOTIFICACIONES_HOST: 'Dónde se miran la salud y las medidas de las notificaciones, si corren aparte.',
  NOTIFICACIONES_PUERTO: 'Su puerto; 0 toma cualquiera libre. Sin pedirlo, si el 5679 está ocupado se toma el siguiente.',
  CORREO_REMITENTE: 'De quién son los correos.',
  CORREO_PAGINA: 'La dirección de la página, para sus enlaces. Sin ella, donde la página escucha.',
  AEROALPES_ADDRESS: 'La máquina de la API, o máquina:puerto, para los procesos que la llaman desde fuera.',
  UI_EMITIR_TODO: 'Con 1, cada navegador recibe los eventos de todos. Para clase, no para producción.',
  UI_ARMADA: 'La carpeta con la página ya armada, que las imágenes traen. Sin ella, se arma al arrancar.',
  SIDECAR_HOST: 'Dónde escucha el adaptador gRPC. Fuera de esta máquina, sólo con TLS.',
  SIDECAR_PUERTO: 'Su puerto; 0 toma cualquiera libre. Sin pedirlo, si el 50051 está ocupado se toma el siguiente.',
  SIDECAR_REFLEXION: 'Con 1, cualquiera puede preguntarle su contrato. npm start siempre lo permite.',
  SIDECAR_TLS_CERT: 'El archivo PEM de su certificado. Se relee cuando cambia.',
  SIDECAR_TLS_CLAVE: 'Y el de su clave.',
  SIDECAR_TLS_CA: 'El de la autoridad que firma los certificados de quienes llaman: con él, llamar exige uno (mTLS).',
  SIDECAR_INSEGURO: 'Con 1, sin TLS también se escucha fuera de esta máquina.',
}

const ENCABEZADO = `# Las variables de entorno de AeroAlpes, con el valor que toman si faltan. Generado: cambia el variables.ts de cada carpeta de src/.
# Para usar una copia, .env.local, con las que cambies sin su #: set -a; . ./.env.local; set +a; npm start
`

/** El texto de `.env.example`. */
export const ejemploDeEntorno = (): string => {
  const nombres = Object.keys(variables) as (keyof typeof variables)[]
  return [ENCABEZADO, ...nombres.map(explicada)].join('\n')
}

const explicada = (nombre: keyof typeof variables): string => {
  const { defecto, debeSer, secreta }: Variable<unknown> = variables[nombre]
  const admite = /^un texto$/.test(debeSer) ? '' : ` Debe ser ${debeSer}.`
  const gemela = secreta ? ` O, en ${nombre}${GEMELA}, el archivo donde está.` : ''
  return `# ${EXPLICACION[nombre]}${admite}${gemela}\n#${nombre}=${defecto}\n`
}
