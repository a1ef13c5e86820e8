// La suite del contrato, sobre el adaptador de Pulsar y la API de WebSocket que el embebido sirve: sin Pulsar, y con las mismas tramas.
import { contratoDeBroker } from '../../../pruebas/contrato_broker.ts'
import { abrirBancoPulsar } from './banco_de_prueba.ts'
import { enEmbebido } from './embebido_de_prueba.ts'

contratoDeBroker('pulsar, sobre el embebido por WebSocket', () => abrirBancoPulsar(enEmbebido))
