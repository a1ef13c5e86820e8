// Lo corre muertes.test.ts: el broker con su servidor de WebSocket, en un proceso que se puede matar. servidor_hijo.ts <carpeta> <puerto>
import { abrirAlmacenSqlite } from '../../../almacen/sqlite/almacen.ts'
import { entornoReal } from '../../../entorno_real.ts'
import { registroDeEsquemas } from '../../../mensajes/esquemas.ts'
import { abrirBrokerEmbebido } from '../broker.ts'
import { MIGRACIONES } from './banco_de_prueba.ts'
import { crearServidorWs } from './servidor.ts'

const [carpeta = '', puerto = '0'] = process.argv.slice(2)
const entorno = entornoReal
const almacen = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: MIGRACIONES })
const broker = await abrirBrokerEmbebido({ almacen, entorno, conservarMs: Number.POSITIVE_INFINITY, alFallar: console.error })
const esquemas = await registroDeEsquemas({ almacen, reloj: entorno.reloj })
const servidor = crearServidorWs({ broker, almacen, esquemas, entorno, alFallar: console.error })
process.stdout.write(`${await servidor.escuchar({ host: '127.0.0.1', puerto: Number(puerto) })}\n`)
